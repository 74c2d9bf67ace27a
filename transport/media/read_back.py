"""Reads messages of a user's chat with the bot back from Telegram, by their numbers."""

from __future__ import annotations

from collections.abc import Sequence

from pyrogram import raw
from pyrogram.errors import RPCError

from domain.errors import Unavailable
from domain.model.ids import BotId, MessageId, UserId
from domain.trust.evidence import READ_AT_ONCE, Copy
from transport.mtproto.link import Link
from transport.updates.reading import content_of


async def read_back(link: Link, bot: BotId, user: UserId, messages: Sequence[MessageId]) -> tuple[Copy, ...]:
    """What is deleted, or belongs to another chat of the bot, is left out. Raises `Unavailable`."""
    if not messages:
        return ()
    wanted = [raw.types.InputMessageID(id=message) for message in messages[:READ_AT_ONCE]]
    try:
        answer = await link.call(raw.functions.messages.GetMessages(id=wanted))
    except (RPCError, OSError) as error:
        raise Unavailable(f"Telegram does not show the messages: {type(error).__name__}") from error
    return tuple(_copy(message, bot) for message in answer.messages if _is_of(message, user))


def _is_of(message: object, user: UserId) -> bool:
    if not isinstance(message, raw.types.Message) or not isinstance(message.peer_id, raw.types.PeerUser):
        return False
    return message.peer_id.user_id == user


def _copy(message: raw.types.Message, bot: BotId) -> Copy:
    number, at = MessageId(message.id), float(message.date)
    return Copy(message=number, by_user=not message.out, at=at, content=content_of(message, bot))
