"""Telegram's own ids, which need 64 bits, and ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

UserId = NewType("UserId", int)


BotId = NewType("BotId", int)


ChatId = NewType("ChatId", str)


LockId = NewType("LockId", str)


MessageId = NewType("MessageId", int)


Pts = NewType("Pts", int)
"""The number by which an update of one bot is confirmed. It is the same when the update comes again, and rises from message to
message. It is not Telegram's pts: `transport.updates.reading.key_of` makes it. Edits have numbers of their own.
"""


def bot_of(token: str) -> BotId:
    """The bot's id, which is the part of the token before the colon."""
    return BotId(int(token.partition(":")[0]))


@dataclass(frozen=True, slots=True)
class Address:
    """One person's conversation with one bot. Each has its own SessionActor."""

    bot: BotId
    user: UserId
