"""What Telegram tells a bot about payments. `transport/updates/payments.py` reads them, and PaymentActor takes them.

Amounts are in nano-Stars where Telegram knows fractions, and in Stars in an invoice, which has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

from domain.model.ids import BotId, Pts, UserId

NANO = 1_000_000_000
"""Nano-Stars in one Star."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrecheckoutAsked:
    """Whether a payment may go on (`updateBotPrecheckoutQuery`). It has no number and never comes again. The answer has 10 s."""

    user: UserId
    query: int
    payload: bytes
    currency: str
    amount: int
    at: float = 0.0
    """Telegram's time, in Unix seconds; 0 where it is not known."""
    pts: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Somebody was charged. `id` is Telegram's, of any length. A redelivery has the same one, and so has its refund."""

    bot: BotId
    id: str
    user: UserId
    currency: str
    amount: int
    """Nano-Stars that the buyer paid."""
    payload: bytes
    provider_id: str = ""
    at: float
    """Unix seconds."""
    recurring: bool = False
    """Whether it is the renewal of a subscription."""
    subscribed_until: float = 0.0
    """Of a subscription: when it has to be renewed, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceived:
    """`messageActionPaymentSentMe`."""

    user: UserId
    pts: Pts
    charge: Charge


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """A whole charge was given back, by us or elsewhere. `charge` is the id of the charge."""

    bot: BotId
    charge: str
    user: UserId
    amount: int
    """Nano-Stars, positive."""
    payload: bytes = b""
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundReceived:
    """`messageActionPaymentRefunded`, in either direction."""

    user: UserId
    pts: Pts
    refund: Refund


class SubscriptionChange(StrEnum):
    CANCELLED = "cancelled"
    FAILED = "failed"
    """The renewal failed for want of Stars."""
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionChanged:
    """`updateBotStarsSubscription`. It has a qts, by which it is confirmed (`domain.ports.telegram.Telegram.confirm_qts`)."""

    user: UserId
    qts: int
    payload: bytes
    change: SubscriptionChange
    pts: None = None


def hashed(charge: str) -> str:
    """A charge id as it may stand in a log: whoever has the whole id could claim the payment."""
    return blake2b(charge.encode(), digest_size=6).hexdigest()


PaymentUpdate = PaymentReceived | RefundReceived | SubscriptionChanged
"""Numbered updates. A pre-checkout query goes its own way, past every queue."""
