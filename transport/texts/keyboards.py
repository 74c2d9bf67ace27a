"""Builds Telegram's keyboards: the reply keyboard below the input field, and buttons under a message."""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from domain.model.outgoing import Button, Menu, Rows
from transport.texts.catalogue import Texts

MAX_DATA_BYTES = 64


def reply_keyboard(menu: Menu, texts: Texts, language: str) -> Any:
    if menu is Menu.NONE:
        return raw.types.ReplyKeyboardHide()
    rows = [raw.types.KeyboardButtonRow(buttons=[_key(label, texts, language) for label in row]) for row in texts.menu(menu)]
    return raw.types.ReplyKeyboardMarkup(rows=rows, resize=True, persistent=True)


def inline_keyboard(rows: Rows, texts: Texts, language: str) -> Any:
    """Buttons under a message. Raises ValueError for a button that Telegram would refuse."""
    return raw.types.ReplyInlineMarkup(
        rows=[raw.types.KeyboardInlineButtonRow(buttons=[_button(button, texts, language) for button in row]) for row in rows]
    )


def _key(label: str, texts: Texts, language: str) -> Any:
    return raw.types.KeyboardButton(text=texts.render(label, language=language), type=raw.types.ButtonTypeDefault())


def _button(button: Button, texts: Texts, language: str) -> Any:
    text = texts.render(button.label, button.arguments, language)
    return raw.types.KeyboardInlineButton(text=text, type=_action(button))


def _action(button: Button) -> Any:
    data = button.data.encode()
    if bool(data) == bool(button.url) or len(data) > MAX_DATA_BYTES:
        raise ValueError(f"button {button.label!r} needs either a url or data of 1 to {MAX_DATA_BYTES} bytes")
    if data:
        return raw.types.InlineButtonTypeCallback(data=data)
    return raw.types.InlineButtonTypeUrl(url=button.url)
