"""Checks for everything that sends or edits: lengths of texts, and the message replied to."""

from __future__ import annotations

from transport.sandbox.content import entities
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.outbox import Outbox
from transport.sandbox.world.model import RpcError

MAX_TEXT, MAX_CAPTION = 4096, 1024
"""Longest text and caption of a bot, in UTF-16 units."""


def check_text(text: str) -> None:
    if not text.strip():
        raise RpcError(400, "MESSAGE_EMPTY")
    if entities.utf16_length(text) > MAX_TEXT:
        raise RpcError(400, "MESSAGE_TOO_LONG")


def check_caption(text: str) -> None:
    if entities.utf16_length(text) > MAX_CAPTION:
        raise RpcError(400, "MEDIA_CAPTION_TOO_LONG")


def reply_target(to: Outbox, reply_to: TL) -> int | None:
    """The id of the message replied to. Raises RpcError if it does not exist."""
    number = getattr(reply_to, "reply_to_msg_id", None)
    if number is None:
        return None
    target = to.find(number)
    if target is None:
        raise RpcError(400, "REPLY_MESSAGE_ID_INVALID")
    return target.id
