"""What somebody has and has paid, as operators see it. `control/people.py` provides it. Each method raises
`domain.errors.Unavailable`. Times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.model.ids import BotId, ChatId, UserId
from domain.ports.payments import CreditEntry
from domain.ports.review import Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLock:
    """A lock of a chat that is in force."""

    chat: ChatId
    bot: BotId
    minutes: int
    price: int
    """Credits."""
    since: float
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    user: UserId
    credits: int
    history: Sequence[CreditEntry]
    """The newest first."""
    locks: Sequence[HeldLock]
    """In force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsOrder:
    order: str
    bot: BotId
    kind: str
    plan: str
    quantity: int
    """Days of VIP, or credits."""
    stars: int
    state: str
    at: float
    gift_to: UserId | None
    """Whom it is for, where that is somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsCharge:
    charge: str
    bot: BotId
    order: str
    """Empty where it belongs to none that is known."""
    kind: str
    plan: str
    amount: int
    """Nano-Stars."""
    at: float
    refunded_at: float | None
    refund_reason: str
    refund_by: str
    refund_asked_at: float | None
    refund_outcome: str
    """In words; empty until it is carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsPayments:
    orders: Sequence[PersonsOrder]
    charges: Sequence[PersonsCharge]
    """Both the newest first."""


class Accounts(Protocol):
    async def account(self, user: UserId, count: int) -> Account | None:
        """With the last `count` movements. None where nobody with this id is in the records."""
        ...

    async def give(self, user: UserId, amount: int, reason: str, operator: Operator) -> int | None:
        """What they have now. They are told how many; the reason is for the records. None where nobody with this id has a
        profile.
        """
        ...

    async def payments(self, user: UserId, count: int) -> PersonsPayments:
        """The last `count` of each."""
        ...
