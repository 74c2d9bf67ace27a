"""Records of payments. `storage/sql/payments/` implements them on PostgreSQL and SQLite. Each method is one transaction, and
raises `domain.errors.Unavailable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Protocol

from domain.configuration import Plan
from domain.model.ids import Address, BotId, MessageId, UserId
from domain.payments.orders import Buyer, Held, OpenInvoice, Order
from domain.payments.payload import Claim
from domain.payments.sales import Owed
from domain.payments.transactions import Moved
from domain.payments.updates import Charge, Refund, SubscriptionChange
from domain.ports.review import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """A charge or a refund that was booked now."""

    changed: tuple[UserId, ...] = ()
    """Whose VIP is another one now."""
    flag: str = ""
    """For the operator: "second charge", "unknown payload"; else empty."""


class NotRedeemed(StrEnum):
    UNKNOWN = "unknown"
    """There is no such code, or it is over."""
    USED = "used"
    """By this person, or for a gift by somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VipState:
    until: float
    """Unix seconds; 0 for never."""
    terms_accepted: bool = False
    tried: bool = False
    """Whether the trial was used."""
    subscription: Subscription | None = None
    """One that is alive or may still be restored."""
    history: tuple[Paid, ...] = ()
    """The last payments, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    order: str
    bot: BotId
    user: UserId
    plan: str
    state: str
    """alive, cancelled or failed."""
    until: float
    cancel_asked: bool = False
    """Whether it is to be cancelled at Telegram, or was."""
    charges: tuple[str, ...]
    """Ids of the newest charge and of the first one: what a cancellation may be asked with, in this order."""

    @property
    def held(self) -> Held:
        return Held(
            until=self.until,
            failed=self.state == "failed",
            cancelled=self.state == "cancelled",
            cancelled_by_us=self.cancel_asked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A charge as people and operators see it."""

    bot: BotId
    charge: str
    user: UserId
    order: str
    kind: str
    plan: str
    amount: int
    """Nano-Stars."""
    at: float
    flag: str = ""
    refunded_at: float | None = None
    refund_reason: str = ""
    refund_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditEntry:
    """What an event of the ledger has changed in somebody's credits."""

    amount: int
    """Below zero for what was taken."""
    kind: str
    """A `domain.payments.credits.Why`."""
    at: float
    """Unix seconds."""
    note: str = ""
    """Why an operator did it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StarList:
    """How a bot's list at Telegram compares with the ledger."""

    bot: BotId
    rows: int = 0
    compared_at: float = 0.0
    """Unix seconds; 0 for never."""
    balance: int = 0
    difference: int = 0
    """Nano-Stars that Telegram has more than the ledger."""
    differs_since: float = 0.0
    """When this difference was first seen, in Unix seconds; 0 where there is none."""


REFUSED = "Telegram refuses"
"""How the outcome of a refund begins that Telegram did not make. It may be asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequest:
    charge: str
    bot: BotId
    reason: str
    by: str
    """Who asked for it."""
    outcome: str = ""
    """In words; empty until it is carried out."""
    asked_at: float = 0.0
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A question about payments."""

    number: int
    address: Address
    text: str
    opened_at: float
    told_at: float | None = None
    """When it was handed to the operators' chat."""


class Orders(Protocol):
    async def open(self, order: Order, link: str = "") -> tuple[OpenInvoice, ...]:
        """Record it, for a subscription with its link. Close the buyer's other open orders of the kind, and return their
        invoices, to be deleted.
        """
        ...

    async def find(self, order: str) -> Order | None: ...

    async def subscription_link(self, user: UserId, bot: BotId, plan: Plan, now: float) -> str:
        """The link of an order of this plan, as it is now, that was not paid yet; empty where there is none."""
        ...

    async def sent(self, order: str, message: MessageId) -> None:
        """Note where the invoice is."""
        ...

    async def approve(self, order: str, now: float) -> bool:
        """Mark the order approved. False where another query of it was approved less than `AGAIN_AFTER` before or after, or where
        it was paid or closed meanwhile.
        """
        ...

    async def buyer(self, user: UserId, now: float) -> Buyer: ...

    async def accept_terms(self, user: UserId, now: float) -> None: ...


class Ledger(Protocol):
    async def book_charge(self, charge: Charge, claim: Claim | None, *, gift_code: str, grace: float = 0.0) -> Booked | None:
        """Book the charge and grant what it buys. None where it was booked before. `grace`: seconds that a new subscription has
        beside its days.
        """
        ...

    async def book_refund(self, refund: Refund, claim: Claim | None, *, reason: str = "", by: str = "") -> Booked | None:
        """Book the refund and take back the unused part of that grant. A charge that was never seen is booked with it, without
        goods. None where it was booked before.
        """
        ...

    async def book_move(self, moved: Moved) -> bool:
        """Book a row that is neither. False where it was booked before."""
        ...

    async def book_affiliate(self, charge: Charge, share: int) -> bool: ...

    async def balance(self, bot: BotId) -> int:
        """Nano-Stars that the bot should have at Telegram."""
        ...

    async def payment(self, charge: str) -> Paid | None: ...

    async def flagged(self, bot: BotId) -> list[Paid]:
        """Charges that an operator has to look at: flagged, not refunded, not settled."""
        ...

    async def settle(self, charge: str) -> None:
        """An operator has looked at it, and nothing more is to be done."""
        ...

    async def payments(self, *, user: UserId | None = None, before: float = inf, limit: int = 50) -> list[Paid]:
        """The newest first."""
        ...


class Grants(Protocol):
    """A `bot` is the one that tells of the grant, and of its end."""

    async def state(self, user: UserId) -> VipState: ...

    async def grant(
        self, user: UserId, bot: BotId, source: str, seconds: float, owed: Sequence[Owed] = (), *, act: Act | None = None
    ) -> float | None:
        """Until when VIP lasts now; None where this source had granted before. `act`: the operator's, for the audit."""
        ...

    async def redeem_promo(self, code: str, user: UserId, bot: BotId) -> int | NotRedeemed:
        """Days that were granted, once a person and code."""
        ...

    async def make_promo(self, code: str, days: int, uses: int, until: float, by: str) -> bool:
        """False where the code exists."""
        ...

    async def redeem_gift(self, code: str, user: UserId, bot: BotId) -> int | NotRedeemed:
        """Days that were granted to the first who opens the link."""
        ...


class Subscriptions(Protocol):
    async def change(self, subscription: Subscription, change: SubscriptionChange, owed: Sequence[Owed]) -> bool:
        """Note what Telegram told. False where it was known. A subscription whose charge was not seen yet is added."""
        ...

    async def find(self, order: str) -> Subscription | None: ...

    async def of_user(self, user: UserId) -> list[Subscription]:
        """The one that lasts longest first."""
        ...

    async def plans(self, bot: BotId) -> set[str]:
        """Ids of the plans of subscriptions that are alive and not asked to be cancelled."""
        ...

    async def ask_to_cancel(self, bot: BotId, *, plan: str) -> None:
        """Mark those of a plan: `to_cancel` lists them until Telegram was told."""
        ...

    async def ask_to_cancel_of_banned(self, bot: BotId, now: float) -> None: ...

    async def to_cancel(self, bot: BotId) -> list[Subscription]: ...


class Credits(Protocol):
    async def balance(self, user: UserId) -> int: ...

    async def history(self, user: UserId, limit: int = 10) -> list[CreditEntry]:
        """The newest first."""
        ...

    async def give(
        self,
        user: UserId,
        bot: BotId,
        source: str,
        amount: int,
        owed: Sequence[Owed] = (),
        *,
        note: str = "",
        act: Act | None = None,
    ) -> int | None:
        """The balance after that; None where this source had given before. `bot`: the one that tells of it. `note`: why. `act`:
        the operator's, for the audit. Raises `ValueError` for an amount below 1.
        """
        ...


TOLD_LATE = 7 * 86_400.0
"""Seconds after its end in which somebody is still told that VIP is over. After more, it would be no news."""


CONTROL = Address(BotId(0), UserId(0))
"""Stands in the outbox for the operators' chat and the bot that writes there. Which they are is known when it is sent."""


class Outbox(Protocol):
    async def bots_with_work(self, now: float) -> set[BotId]:
        """Those of all bots that have a notice to send by now, or a refund to make."""
        ...

    async def add(self, owed: Owed, now: float) -> None:
        """Once: a key that was used before changes nothing."""
        ...

    async def due(self, bot: BotId, now: float, limit: int = 100) -> list[Owed]: ...

    async def sent(self, key: str, now: float) -> None: ...

    async def purge_before(self, when: float) -> int:
        """Delete notices that were sent before that time, in Unix seconds; how many."""
        ...

    async def remind(self, bot: BotId, now: float, before: float) -> None:
        """Add the notices of VIP that ends within `before` seconds, and of VIP that ended in the last `TOLD_LATE`."""
        ...


class StarLists(Protocol):
    async def read(self, bot: BotId) -> StarList: ...

    async def write(self, state: StarList) -> None: ...

    async def all(self) -> list[StarList]: ...


class Refunds(Protocol):
    async def ask(self, request: RefundRequest, now: float) -> None:
        """One request a charge. What was asked before stays, unless Telegram had refused it."""
        ...

    async def asked(self, bot: BotId) -> list[RefundRequest]:
        """Those without an outcome."""
        ...

    async def refused(self, bot: BotId) -> list[RefundRequest]:
        """Those that Telegram refused, of charges that are neither refunded since nor settled."""
        ...

    async def find(self, charge: str) -> RefundRequest | None: ...

    async def done(self, charge: str, outcome: str, now: float) -> None: ...


class Tickets(Protocol):
    async def open(self, address: Address, text: str, now: float) -> int:
        """The ticket's number."""
        ...

    async def find(self, number: int) -> Ticket | None: ...

    async def waiting(self, bot: BotId) -> list[Ticket]:
        """Those that the operators' chat was not given yet, the oldest first."""
        ...

    async def newest(self, limit: int) -> list[Ticket]: ...

    async def purge_before(self, when: float) -> int:
        """Delete those that were opened before that time, in Unix seconds; how many."""
        ...

    async def told(self, number: int, now: float) -> None: ...
