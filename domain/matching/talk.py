"""Requests to the pool by people who talk, or have talked: another topic, the last partner again, an exchange of names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from domain.matching.requests import UNNAMED, Decision, Mark, Seeker
from domain.model.ids import Address, ChatId, UserId

TOPIC_SECONDS = 30.0
"""Between two questions in one chat, at least."""
NAMES_SECONDS = 120.0
"""How long an offer to exchange names holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTopic(Decision):
    """Give both members of the chat one question to talk about, by an event for each. Nothing happens where it is not the asker's
    chat, or where the last question is less than `TOPIC_SECONDS` ago; the answer is `fresh` otherwise.
    """

    address: Address
    chat: ChatId

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferName(Decision):
    """Show the asker's name to the partner, and the partner's to the asker, once both have asked for it within `NAMES_SECONDS`:
    by an event for each, which have both names. The first offer is told to both by events too, without a name. The answer is
    `fresh` where anything was told.
    """

    address: Address
    chat: ChatId
    name: str
    """A user name at Telegram, without the @."""

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Decision):
    """Talk to the partner of a chat that is over once more. The wish is kept for `seconds`; the two are paired once both have it
    and neither chats. A search at the bot of the wish ends by that. Somebody blocked or banned is never paired, nor are people of
    two partitions. That they met lately does not matter. The answer does not tell whether the partner has the wish.
    """

    seeker: Seeker
    former: ChatId
    partner: UserId
    seconds: float
    chat: ChatId = UNNAMED
    """A new id for the chat that this may make."""

    @property
    def asker(self) -> Address:
        return self.seeker.address

    def stamped(self, mark: Mark, chat: ChatId) -> Self:
        return replace(self, mark=replace(mark, pts=None) if self.unmarked else mark, chat=chat)


def topic_number(started: float, now: float) -> int:
    """Which question a chat that began then gets now, before it is taken modulo their count. Two in a row differ."""
    return round(started * 1000) + round(now * 1000) // round(TOPIC_SECONDS * 1000)
