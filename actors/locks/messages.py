"""The messages of LockActor. Whoever asks gets `domain.errors.Unavailable` where a store is away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.ask import Ask
from domain.locks.records import LockOutcome, Wanted
from domain.model.events import LockBroken
from domain.model.ids import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCredits(Ask[int]):
    """Reply: how many credits somebody has."""

    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyLock(Ask[LockOutcome]):
    """Pay for a lock and set it. The same lock again: the same reply, and nothing is paid."""

    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack(Ask[None]):
    """Book that a chat has ended before its lock, with the credits that come back."""

    broken: LockBroken


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDue:
    """Timer: end the locks whose time is over."""

    EPHEMERAL: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleLocks:
    """Timer: settle what was left undecided."""

    EPHEMERAL: ClassVar[bool] = True


LockMessage = ReadCredits | BuyLock | GiveBack | EndDue | SettleLocks
