"""A chat of two people, and why it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import Address, ChatId, UserId


class ChatEnd(StrEnum):
    """Why a chat ended, as recorded, and as told to the member who did not end it."""

    STOPPED = "stopped"
    NEXT = "next"
    GONE = "gone"
    """The partner blocked the bot or deleted the account."""
    BANNED = "banned"
    BLOCKED = "blocked"
    """A member blocked the other for good."""
    REPORTED = "reported"
    """A member reported the other. Only the records and the reporter's session know: the other is told BLOCKED."""
    IDLE = "idle"
    LOST = "lost"
    """It could not be put back after the pool had lost its memory, or the bot of a member was removed."""
    OPERATOR = "operator"
    """An operator ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Two people in one anonymous conversation. `first` searched last, `second` had waited."""

    id: ChatId
    first: Address
    second: Address
    started: float
    """Unix seconds by the clock of Redis."""

    def side_of(self, user: UserId) -> Address:
        """The address of this member."""
        return self.first if user == self.first.user else self.second

    def partner_of(self, user: UserId) -> Address:
        return self.second if user == self.first.user else self.first


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChat:
    """A chat as the records know it."""

    chat: Chat
    ended: float | None
    """Unix seconds; None where no end is recorded, or not yet."""
    why: ChatEnd | None = None
    """None where no end is recorded, or for a reason that only a newer release knows."""

    @property
    def members(self) -> frozenset[UserId]:
        return frozenset({self.chat.first.user, self.chat.second.user})
