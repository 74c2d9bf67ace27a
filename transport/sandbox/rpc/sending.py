"""Checks for everything that sends or edits: lengths of texts, the message replied to and its quote, the effect."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.content import entities
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.outbox import Outbox
from transport.sandbox.world.model import RpcError

MAX_TEXT, MAX_CAPTION = 4096, 1024
"""Longest text and caption of a bot, in UTF-16 units."""

EFFECTS = frozenset(
    {
        5104841245755180586,
        5107584321108051014,
        5104858069142078462,
        5159385139981059251,
        5046509860389126442,
        5046589136895476101,
    }
)
"""Those that bots may use: 🔥 👍 👎 ❤️ 🎉 💩. Phones do not show them."""


def check_text(text: str) -> None:
    if not text.strip():
        raise RpcError(400, "MESSAGE_EMPTY")
    if entities.utf16_length(text) > MAX_TEXT:
        raise RpcError(400, "MESSAGE_TOO_LONG")


def check_caption(text: str) -> None:
    if entities.utf16_length(text) > MAX_CAPTION:
        raise RpcError(400, "MEDIA_CAPTION_TOO_LONG")


def reply_target(to: Outbox, reply_to: TL) -> int | None:
    """The id of the message replied to. Raises RpcError if it does not exist, or does not contain the quote."""
    number = getattr(reply_to, "reply_to_msg_id", None)
    if number is None:
        return None
    target = to.find(number)
    if target is None:
        raise RpcError(400, "REPLY_MESSAGE_ID_INVALID")
    if reply_to.quote_text and reply_to.quote_text not in target.text:
        raise RpcError(400, "QUOTE_TEXT_INVALID")
    return target.id


def check_effect(query: TL) -> None:
    if not query.effect:
        return
    if not isinstance(query.peer, raw.types.InputPeerUser):
        raise RpcError(400, "EFFECT_CHAT_INVALID")
    if query.effect not in EFFECTS:
        raise RpcError(400, "EFFECT_ID_INVALID")
