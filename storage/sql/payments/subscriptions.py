"""Subscriptions at Telegram (domain.ports.payments.Subscriptions)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.model.ids import BotId, UserId
from domain.payments.sales import Owed
from domain.payments.updates import SubscriptionChange
from domain.ports.payments import Subscription
from storage.sql.database import Database
from storage.sql.payments.posting import Posting

STATES = {
    SubscriptionChange.CANCELLED: "cancelled",
    SubscriptionChange.FAILED: "failed",
    SubscriptionChange.RESTORED: "alive",
}


class SqlSubscriptions:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def change(self, subscription: Subscription, change: SubscriptionChange, owed: Sequence[Owed]) -> bool:
        queries = self._database.queries
        async with self._database.transaction() as connection:
            changed: int = await queries.change_subscription(
                connection,
                order=subscription.order,
                bot=subscription.bot,
                user=subscription.user,
                plan=subscription.plan,
                state=STATES[change],
            )
            if changed:
                await Posting(queries, connection, self._clock()).owe(owed)
        return bool(changed)

    async def find(self, order: str) -> Subscription | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_subscription(connection, order=order)
        return read_subscription(row) if row else None

    async def of_user(self, user: UserId) -> list[Subscription]:
        async with self._database.connection() as connection:
            rows = self._database.queries.subscriptions_of(connection, user=user)
            return [read_subscription(row) async for row in rows]

    async def plans(self, bot: BotId) -> set[str]:
        async with self._database.connection() as connection:
            return {row[0] async for row in self._database.queries.subscribed_plans(connection, bot=bot)}

    async def ask_to_cancel(self, bot: BotId, *, plan: str) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.ask_to_cancel_plan(connection, bot=bot, plan=plan)

    async def ask_to_cancel_of_banned(self, bot: BotId, now: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.ask_to_cancel_of_banned(connection, bot=bot, now=now)

    async def to_cancel(self, bot: BotId) -> list[Subscription]:
        async with self._database.connection() as connection:
            rows = self._database.queries.subscriptions_to_cancel(connection, bot=bot)
            return [read_subscription(row) async for row in rows]


def read_subscription(row: Sequence[Any]) -> Subscription:
    order, bot, user, plan, state, until, last, first, cancel_asked = row
    return Subscription(
        order=order,
        bot=BotId(bot),
        user=UserId(user),
        plan=plan,
        state=state,
        until=until,
        cancel_asked=bool(cancel_asked),
        charges=tuple(dict.fromkeys(charge for charge in (last, first) if charge)),
    )
