"""Translates keyboards between TL markup and the JSON of phones, and finds buttons in them."""

from __future__ import annotations

import base64
from typing import Any

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import Json, Keyboard, RpcError

types = raw.types
MAX_DATA = 64
MAX_BUTTONS = 300


def from_tl(markup: TL) -> Keyboard | None:
    """A bot's markup as JSON. Raises RpcError like Telegram."""
    if markup is None or isinstance(markup, types.ReplyKeyboardForceReply):
        return None
    if isinstance(markup, types.ReplyKeyboardHide):
        return {"kind": "reply", "rows": []}
    inline = isinstance(markup, types.ReplyInlineMarkup)
    read = _inline_button if inline else _reply_button
    rows = [[read(button) for button in row.buttons] for row in markup.rows]
    rows = [row for row in rows if row]
    if not rows and not inline:
        raise RpcError(400, "REPLY_MARKUP_INVALID")
    if sum(map(len, rows)) > MAX_BUTTONS:
        raise RpcError(400, "REPLY_MARKUP_TOO_LONG")
    keyboard: Keyboard = {"kind": "inline" if inline else "reply", "rows": rows}
    return keyboard if rows else None


def to_tl(keyboard: Keyboard | None) -> TL:
    if keyboard is None:
        return None
    if not keyboard["rows"]:
        return types.ReplyKeyboardHide()
    if keyboard["kind"] == "inline":
        buttons = [[_tl_inline(button) for button in row] for row in keyboard["rows"]]
        return types.ReplyInlineMarkup(rows=[types.KeyboardInlineButtonRow(buttons=row) for row in buttons])
    plain = types.ButtonTypeDefault()
    rows = [[types.KeyboardButton(text=button["text"], type=plain) for button in row] for row in keyboard["rows"]]
    return types.ReplyKeyboardMarkup(rows=[types.KeyboardButtonRow(buttons=row) for row in rows], resize=True)


def with_pay_button(keyboard: Keyboard | None, stars: int) -> Keyboard:
    """The keyboard of an invoice: the bot's own, whose first button must pay, or one Pay button. Raises RpcError."""
    if keyboard is None:
        return {"kind": "inline", "rows": [[{"text": f"Pay ⭐{stars}", "pay": True}]]}
    if "pay" not in keyboard["rows"][0][0]:
        raise RpcError(400, "REPLY_MARKUP_BUY_EMPTY")
    return keyboard


def without_pay_button(keyboard: Keyboard | None) -> Keyboard | None:
    """The keyboard of any other message. Raises RpcError if it has a Pay button."""
    if keyboard is not None and any("pay" in button for row in keyboard["rows"] for button in row):
        raise RpcError(400, "BUTTON_TYPE_INVALID")
    return keyboard


def find(keyboard: Keyboard | None, label: str) -> Json | None:
    rows: Any = keyboard["rows"] if keyboard else ()
    buttons = [button for row in rows for button in row]
    by_text = (button for button in buttons if button["text"] == label)
    by_data = (button for button in buttons if button.get("data") == label)
    return next(by_text, None) or next(by_data, None)


def callback_data(button: Json) -> bytes | None:
    """The data that a button sends to the bot; None if it sends none."""
    if "data_base64" in button:
        return base64.b64decode(button["data_base64"])
    return button["data"].encode() if "data" in button else None


def _inline_button(button: TL) -> Json:
    kind = button.type
    if not button.text:
        raise RpcError(400, "BUTTON_TEXT_INVALID")
    match kind:
        case types.InlineButtonTypeCallback():
            return {"text": button.text, **_data(kind.data)}
        case types.InlineButtonTypeUrl():
            if not kind.url or " " in kind.url:
                raise RpcError(400, "BUTTON_URL_INVALID")
            return {"text": button.text, "url": kind.url}
        case types.InlineButtonTypeCopy():
            return {"text": button.text, "copy": kind.copy_text}
        case types.InlineButtonTypeBuy():
            return {"text": button.text, "pay": True}
    raise RpcError(400, "BUTTON_TYPE_INVALID")


def _data(data: bytes) -> Json:
    if not 1 <= len(data) <= MAX_DATA:
        raise RpcError(400, "BUTTON_DATA_INVALID")
    try:
        return {"data": data.decode()}
    except UnicodeDecodeError:
        return {"data": data.decode(errors="replace"), "data_base64": base64.b64encode(data).decode()}


def _reply_button(button: TL) -> Json:
    if not button.text:
        raise RpcError(400, "BUTTON_TEXT_INVALID")
    if not isinstance(button.type, types.ButtonTypeDefault):
        raise RpcError(400, "BUTTON_TYPE_INVALID")
    return {"text": button.text}


def _tl_inline(button: Json) -> TL:
    data = callback_data(button)
    if data is not None:
        kind = types.InlineButtonTypeCallback(data=data)
    elif "url" in button:
        kind = types.InlineButtonTypeUrl(url=button["url"])
    elif "pay" in button:
        kind = types.InlineButtonTypeBuy()
    else:
        kind = types.InlineButtonTypeCopy(copy_text=button["copy"])
    return types.KeyboardInlineButton(text=button["text"], type=kind)
