"""What somebody has and has paid: credits, locks, orders and charges; and credits that an operator gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from domain.model.ids import UserId
from domain.payments.updates import NANO
from domain.ports.accounts import Account, Accounts, HeldLock, PersonsCharge, PersonsOrder
from domain.ports.payments import CreditEntry
from web.access.step_up import StepUp
from web.access.viewer import Viewer, operator_of
from web.api.lists import Limit
from web.api.operation import operation
from web.operations.admins import moment
from web.operations.login import TelegramId
from web.operations.users import nobody
from web.operations.words import readable

MOST = 100_000
"""Credits that are given at once: a slip of a finger gives no more."""


class LastQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    limit: Limit = 50


class NewCredits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    amount: Annotated[int, Meta(ge=1, le=MOST)]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]
    """For the records. The person does not read it, but it is in their /export."""


class MovementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    at: datetime | None
    amount: int
    """Below zero for what was taken."""
    kind: str
    note: str
    """Why an operator did it."""


class LockAnswer(msgspec.Struct, frozen=True, kw_only=True):
    chat: str
    bot: int
    minutes: int
    price: int
    """Credits."""
    since: datetime | None
    until: datetime | None


class AccountAnswer(msgspec.Struct, frozen=True, kw_only=True):
    credits: int
    movements: Sequence[MovementAnswer]
    """The newest first."""
    locks: Sequence[LockAnswer]
    """Of chats that this person has locked, in force now."""


class CreditsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    credits: int


class OrderAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    bot: int
    kind: str
    plan: str
    quantity: int
    """Days of VIP, or credits."""
    stars: int
    state: str
    at: datetime | None
    gift_to: int | None


class ChargeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    """By which it is refunded."""
    bot: int
    order: str
    kind: str
    plan: str
    stars: float
    at: datetime | None
    refunded: datetime | None
    refund_reason: str
    refund_by: str
    refund_asked: datetime | None
    refund_outcome: str
    """In words; empty until it is carried out."""


class PaymentsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    orders: Sequence[OrderAnswer]
    charges: Sequence[ChargeAnswer]
    """Both the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserAccounts:
    accounts: Accounts
    step_up: StepUp

    @operation("GET", "/api/users/{user}/credits", act="users.payments", rate="users")
    async def read_credits(self, user: TelegramId, query: LastQuery) -> AccountAnswer:
        """Credits of somebody, what came and went last, and their locks in force."""
        account = await self.accounts.account(UserId(user), query.limit)
        if account is None:
            raise nobody()
        return _account(account)

    @operation("POST", "/api/users/{user}/credits", act="users.give_credits", rate="users", errors=("answer",))
    async def give_credits(self, viewer: Viewer, user: TelegramId, body: NewCredits) -> CreditsAnswer:
        """Give somebody credits. They are told how many."""
        reason = readable(body.reason, "reason")
        if await self.accounts.account(UserId(user), 1) is None:
            raise nobody()
        await self.step_up.require(viewer, "users.give_credits", f"Give {user} {body.amount} credits.", user, body)
        credits_now = await self.accounts.give(UserId(user), body.amount, reason, operator_of(viewer))
        if credits_now is None:
            raise nobody()
        return CreditsAnswer(credits=credits_now)

    @operation("GET", "/api/users/{user}/payments", act="users.payments", rate="users")
    async def list_payments(self, user: TelegramId, query: LastQuery) -> PaymentsAnswer:
        """What somebody has ordered and paid, and what was refunded."""
        found = await self.accounts.payments(UserId(user), query.limit)
        return PaymentsAnswer(orders=[_order(each) for each in found.orders], charges=[_charge(each) for each in found.charges])


def _account(it: Account) -> AccountAnswer:
    return AccountAnswer(
        credits=it.credits,
        movements=[_movement(each) for each in it.history],
        locks=[_lock(each) for each in it.locks],
    )


def _movement(it: CreditEntry) -> MovementAnswer:
    return MovementAnswer(at=moment(it.at), amount=it.amount, kind=it.kind, note=it.note)


def _lock(it: HeldLock) -> LockAnswer:
    return LockAnswer(
        chat=it.chat, bot=it.bot, minutes=it.minutes, price=it.price, since=moment(it.since), until=moment(it.until)
    )


def _order(it: PersonsOrder) -> OrderAnswer:
    return OrderAnswer(
        id=it.order,
        bot=it.bot,
        kind=it.kind,
        plan=it.plan,
        quantity=it.quantity,
        stars=it.stars,
        state=it.state,
        at=moment(it.at),
        gift_to=it.gift_to,
    )


def _charge(it: PersonsCharge) -> ChargeAnswer:
    return ChargeAnswer(
        id=it.charge,
        bot=it.bot,
        order=it.order,
        kind=it.kind,
        plan=it.plan,
        stars=it.amount / NANO,
        at=moment(it.at),
        refunded=moment(it.refunded_at),
        refund_reason=it.refund_reason,
        refund_by=it.refund_by,
        refund_asked=moment(it.refund_asked_at),
        refund_outcome=it.refund_outcome,
    )
