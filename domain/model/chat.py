"""Two people in one anonymous conversation, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import Address, ChatId, UserId


class ChatEnd(StrEnum):
    """Why a chat ended, as recorded and as told to the one who did not end it."""

    STOPPED = "stopped"
    NEXT = "next"
    GONE = "gone"
    """The partner blocked the bot or deleted the account."""
    BANNED = "banned"
    BLOCKED = "blocked"
    IDLE = "idle"
    LOST = "lost"
    """The record of the partner could not be found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Two people in one anonymous conversation; `first` is the one who found, `second` the one who waited."""

    id: ChatId
    first: Address
    second: Address
    started: float
    """Unix seconds by the clock of Redis."""

    def side_of(self, user: UserId) -> Address:
        """Where this member of the chat is talked to."""
        return self.first if user == self.first.user else self.second

    def partner_of(self, user: UserId) -> Address:
        return self.second if user == self.first.user else self.first
