"""What somebody has ordered and paid, and the locks that they hold (domain.ports.accounts)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.model.ids import BotId, ChatId, UserId
from domain.ports.accounts import HeldLock, PersonsCharge, PersonsOrder, PersonsPayments
from storage.sql.database import Database


class SqlPersonsPayments:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def payments(self, user: UserId, count: int) -> PersonsPayments:
        queries = self._database.queries
        async with self._database.connection() as connection:
            orders = [_order(row) async for row in queries.orders_of_person(connection, user=user, count=count)]
            charges = [_charge(row) async for row in queries.charges_of_person(connection, user=user, count=count)]
        return PersonsPayments(orders=orders, charges=charges)

    async def locks(self, user: UserId) -> list[HeldLock]:
        """Those in force, the one that ends first is the first."""
        async with self._database.connection() as connection:
            rows = self._database.queries.locks_of_person(connection, user=user, now=self._clock())
            return [_lock(row) async for row in rows]


def _order(row: Sequence[Any]) -> PersonsOrder:
    order, bot, kind, plan, quantity, stars, state, at, recipient = row
    return PersonsOrder(
        order=order,
        bot=BotId(bot),
        kind=kind,
        plan=plan,
        quantity=quantity,
        stars=stars,
        state=state,
        at=at,
        gift_to=UserId(recipient) if recipient else None,
    )


def _charge(row: Sequence[Any]) -> PersonsCharge:
    charge, bot, order, kind, plan, amount, at, refunded_at, reason, by, asked_at, outcome = row
    return PersonsCharge(
        charge=charge,
        bot=BotId(bot),
        order=order,
        kind=kind,
        plan=plan,
        amount=amount,
        at=at,
        refunded_at=refunded_at,
        refund_reason=reason,
        refund_by=by,
        refund_asked_at=asked_at,
        refund_outcome=outcome or "",
    )


def _lock(row: Sequence[Any]) -> HeldLock:
    chat, bot, minutes, price, since, until = row
    return HeldLock(chat=ChatId(chat), bot=BotId(bot), minutes=minutes, price=price, since=since, until=until)
