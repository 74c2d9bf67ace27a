"""Telegram's own ids, which need 64 bits, and ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

UserId = NewType("UserId", int)


BotId = NewType("BotId", int)


ChatId = NewType("ChatId", str)


MessageId = NewType("MessageId", int)


Pts = NewType("Pts", int)
"""The number by which an update of one bot is confirmed. It is the same whenever the update comes again, and rises from
message to message. It is no place in Telegram's log (`transport.updates.reading.key_of`); edits have numbers of their own.
"""


def bot_of(token: str) -> BotId:
    """What stands before the colon of a bot's token."""
    return BotId(int(token.partition(":")[0]))


@dataclass(frozen=True, slots=True)
class Address:
    """One person's conversation with one bot: what a SessionActor is keyed by and where messages are sent."""

    bot: BotId
    user: UserId
