"""A lock as the records have it. Its credits are held while it is pending; then it is active or void, and active ones are over
at last.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.matching.locks import Refusal
from domain.model.ids import Address, ChatId, LockId


class LockState(StrEnum):
    PENDING = "pending"
    """The credits are held. Whether the pool has set the lock is not recorded."""
    ACTIVE = "active"
    """The pool has set it, and the credits are used."""
    VOID = "void"
    """It was not set, and the credits are back."""
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to buy."""

    id: LockId
    owner: Address
    chat: ChatId
    minutes: int
    price: int
    """Credits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    state: LockState
    until: float
    """Unix seconds; 0 for a lock that was never set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooFew:
    """The owner has only so many credits. Nothing was booked."""

    balance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came back of a broken lock."""

    minutes: int
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LockSet:
    """The chat is locked until then, in Unix seconds by the clock of Redis. Both members are told by events of the pool."""

    until: float


LockOutcome = LockSet | TooFew | Refusal
"""Of an attempt to buy a lock."""
