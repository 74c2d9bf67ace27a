"""Orders and their buyers (domain.ports.payments.Orders)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.configuration import Plan
from domain.model.ids import Address, BotId, MessageId, UserId
from domain.payments.orders import AGAIN_AFTER, Buyer, Kind, OpenInvoice, Order, OrderState
from storage.sql.database import Database


class SqlOrders:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, order: Order, link: str = "") -> tuple[OpenInvoice, ...]:
        queries = self._database.queries
        async with self._database.transaction() as connection:
            closed: list[Sequence[Any]] = []
            if not order.period:
                closed = [row async for row in queries.close_orders(connection, user=order.user, kind=order.kind)]
            await queries.add_order(
                connection,
                id=order.id,
                bot=order.bot,
                user=order.user,
                kind=order.kind,
                plan=order.plan,
                quantity=order.quantity,
                stars=order.stars,
                period=order.period,
                recipient_bot=order.recipient.bot if order.recipient else None,
                recipient_user=order.recipient.user if order.recipient else None,
                created=order.created,
                expires=order.expires,
                link=link,
            )
        return tuple(OpenInvoice(bot=BotId(bot), message=MessageId(message)) for bot, message in closed if message is not None)

    async def find(self, order: str) -> Order | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_order(connection, id=order)
        return read_order(row)

    async def subscription_link(self, user: UserId, bot: BotId, plan: Plan, now: float) -> str:
        async with self._database.connection() as connection:
            link: str | None = await self._database.queries.find_subscription_link(
                connection, user=user, bot=bot, plan=plan.id, days=plan.days, stars=plan.stars, now=now
            )
        return link or ""

    async def sent(self, order: str, message: MessageId) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.order_sent(connection, id=order, message=message)

    async def approve(self, order: str, now: float) -> bool:
        async with self._database.connection() as connection:
            count: int = await self._database.queries.approve_order(
                connection, id=order, now=now, before=now - AGAIN_AFTER, after=now + AGAIN_AFTER
            )
        return count == 1

    async def buyer(self, user: UserId, now: float) -> Buyer:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_buyer(connection, user=user, now=now)
        banned_until, terms_accepted, chatting, subscribed, minor = row
        return Buyer(
            banned_until=banned_until,
            terms_accepted=bool(terms_accepted),
            chatting=bool(chatting),
            subscribed=bool(subscribed),
            minor=bool(minor),
        )

    async def accept_terms(self, user: UserId, now: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.accept_terms(connection, user=user, now=now)


def read_order(row: Sequence[Any] | None) -> Order | None:
    """The columns of `find_order`."""
    if row is None:
        return None
    id_, bot, user, kind, plan, quantity, stars, period, to_bot, to_user, created, expires, state, approved, message = row
    return Order(
        id=id_,
        bot=BotId(bot),
        user=UserId(user),
        kind=Kind(kind),
        plan=plan,
        quantity=quantity,
        stars=stars,
        period=period,
        recipient=Address(BotId(to_bot), UserId(to_user)) if to_user is not None else None,
        created=created,
        expires=expires,
        state=OrderState(state),
        approved=approved,
        message=None if message is None else MessageId(message),
    )
