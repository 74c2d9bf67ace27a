"""Charges and refunds in the ledger, each with what it grants or takes back in one transaction (domain.ports.payments.Ledger)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import inf
from typing import Any

from domain.model.ids import Address, BotId, UserId
from domain.model.profile import DAY
from domain.payments import ledger
from domain.payments.credits import pack_refunded, pack_sold
from domain.payments.orders import MONTH, XTR
from domain.payments.payload import Claim
from domain.payments.sales import UNKNOWN_PAYLOAD, Goods, Known, Owed, goods_of, owed_for
from domain.payments.transactions import Moved
from domain.payments.updates import NANO, Charge, Refund
from domain.ports.payments import Booked, Paid
from storage.sql.database import Database
from storage.sql.payments.beside import beside_refund, beside_sale
from storage.sql.payments.orders import read_order
from storage.sql.payments.posting import Posting
from storage.sql.payments.subscriptions import read_subscription

REFUNDED_BEFORE = "refunded before it was seen"
"""A flag beside those of `domain.payments.sales`."""


class SqlLedger:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def book_charge(self, charge: Charge, claim: Claim | None, *, gift_code: str, grace: float = 0.0) -> Booked | None:
        async with self._database.transaction() as connection:
            posting = Posting(self._database.queries, connection, self._clock())
            if claim is not None:
                await posting.queries.lock_order(connection, id=claim.order)
            row = await posting.queries.find_order(connection, id=claim.order) if claim else None
            order = read_order(row)
            held = await posting.queries.find_subscription(connection, order=claim.order) if claim else None
            known = Known(order=order, held=read_subscription(held).held if held else None, now=posting.now, grace=grace)
            goods = goods_of(charge, claim, known)
            if not await _post_sale(posting, charge, goods):
                return None
            flag = UNKNOWN_PAYLOAD if goods is None else goods.flag
            await _note(posting, charge, goods, flag)
            if claim is not None and order is None:
                await _rebuild(posting, charge, claim)
            changed = await _hand_over(posting, charge, goods, gift_code) if goods else ()
            await beside_sale(posting, charge, goods)
        return Booked(changed=changed, flag=flag)

    async def book_refund(self, refund: Refund, claim: Claim | None, *, reason: str = "", by: str = "") -> Booked | None:
        key = ledger.charge_key(refund.bot, refund.charge)
        async with self._database.transaction() as connection:
            posting = Posting(self._database.queries, connection, self._clock())
            await _book_unseen(posting, refund, claim)
            event = await _refund_event(posting, refund, claim)
            if not await posting.post(event):
                if by:
                    await posting.queries.note_refund(connection, bot=refund.bot, charge=refund.charge, reason=reason, by=by)
                return None
            await posting.queries.charge_refunded(
                connection, bot=refund.bot, charge=refund.charge, at=refund.at, reason=reason, by=by
            )
            await posting.queries.void_gift_link(connection, charge=key)
            user = await posting.queries.grantee_of(connection, source=key)
            if user is not None:
                await posting.cut(UserId(user), key)
            await beside_refund(posting, refund)
            told = Address(refund.bot, refund.user)
            stars = refund.amount // NANO
            await posting.owe((Owed(key=event.key, to=told, text="payment-refunded", arguments={"stars": stars}),))
        return Booked(changed=() if user is None else (UserId(user),))

    async def book_move(self, moved: Moved) -> bool:
        async with self._database.transaction() as connection:
            return await Posting(self._database.queries, connection, self._clock()).post(ledger.moved(moved))

    async def book_affiliate(self, charge: Charge, share: int) -> bool:
        async with self._database.transaction() as connection:
            return await Posting(self._database.queries, connection, self._clock()).post(ledger.affiliate_share(charge, share))

    async def balance(self, bot: BotId) -> int:
        async with self._database.connection() as connection:
            return int(await self._database.queries.account_balance(connection, id=ledger.telegram_account(bot)))

    async def payment(self, charge: str) -> Paid | None:
        async with self._database.connection() as connection:
            rows = [row async for row in self._database.queries.find_charges(connection, charge=charge)]
        return read_paid(rows[0]) if rows else None

    async def flagged(self, bot: BotId) -> list[Paid]:
        async with self._database.connection() as connection:
            return [read_paid(row) async for row in self._database.queries.flagged_charges(connection, bot=bot)]

    async def settle(self, charge: str) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.settle_charge(connection, charge=charge, now=self._clock())

    async def payments(self, *, user: UserId | None = None, before: float = inf, limit: int = 50) -> list[Paid]:
        queries = self._database.queries
        async with self._database.connection() as connection:
            if user is None:
                rows = queries.charges_before(connection, before=before, count=limit)
            else:
                rows = queries.charges_of(connection, user=user, before=before, count=limit)
            return [read_paid(row) async for row in rows]


async def _note(posting: Posting, charge: Charge, goods: Goods | None, flag: str) -> None:
    await posting.queries.add_charge(
        posting.connection,
        bot=charge.bot,
        charge=charge.id,
        provider=charge.provider_id,
        user=charge.user,
        order=goods.order if goods else "",
        kind=goods.kind if goods else "",
        plan=goods.plan if goods else "",
        amount=charge.amount,
        paid=charge.at,
        recurring=charge.recurring,
        flag=flag,
    )


async def _post_sale(posting: Posting, charge: Charge, goods: Goods | None) -> bool:
    """Nobody is given an account of credits for a charge that was booked before: they may have been deleted since."""
    event = ledger.sale(charge, goods.kind if goods else None, goods.order if goods else "")
    if goods is not None and goods.credits:
        if await posting.is_posted(event.key):
            return False
        event = pack_sold(event, await posting.credits_account(charge.user), goods.credits)
    return await posting.post(event)


async def _refund_event(posting: Posting, refund: Refund, claim: Claim | None) -> ledger.Event:
    """Takes back the credits that the charge has brought, from the account that it brought them to."""
    event = ledger.refund(refund, claim.order if claim else "")
    for bought in await posting.credits_moved_by(event.reverses):
        balance = await posting.locked_balance(bought.target)
        event = pack_refunded(event, bought.target, bought.amount, balance)
    return event


async def _hand_over(posting: Posting, charge: Charge, goods: Goods, code: str) -> tuple[UserId, ...]:
    """Grants the goods, and owes buyer and recipient a text of it. Whose VIP is another one now."""
    await posting.queries.order_paid(posting.connection, id=goods.order)
    if charge.subscribed_until:
        await _subscribe(posting, charge, goods)
    if goods.grant is None:
        balance = await posting.locked_balance(await posting.credits_account(charge.user))
        await posting.owe(owed_for(goods, charge, balance=balance))
        return ()
    if goods.recipient is None:
        days = round(goods.grant.seconds / DAY)
        await posting.queries.add_gift_link(posting.connection, code=code, charge=goods.source, buyer=charge.user, days=days)
        await posting.owe(owed_for(goods, charge, code=code))
        return ()
    until = await posting.grant(goods.recipient.user, goods.recipient.bot, goods.grant)
    await posting.owe(owed_for(goods, charge, until=until or 0.0))
    return (goods.recipient.user,)


async def _rebuild(posting: Posting, charge: Charge, claim: Claim) -> None:
    """The order was lost, such as with a restored database."""
    await posting.queries.rebuild_order(
        posting.connection,
        id=claim.order,
        bot=charge.bot,
        user=claim.user,
        kind=claim.kind,
        plan=claim.plan,
        quantity=claim.quantity,
        stars=charge.amount // NANO,
        period=MONTH if charge.subscribed_until else 0,
        recipient_bot=claim.recipient.bot if claim.recipient else None,
        recipient_user=claim.recipient.user if claim.recipient else None,
        paid=charge.at,
    )


async def _subscribe(posting: Posting, charge: Charge, goods: Goods) -> None:
    await posting.queries.put_subscription(
        posting.connection,
        order=goods.order,
        bot=charge.bot,
        user=charge.user,
        plan=goods.plan,
        until=charge.subscribed_until,
        charge=charge.id,
    )


async def _book_unseen(posting: Posting, refund: Refund, claim: Claim | None) -> None:
    """Books the charge of a refund, without goods, where it was never seen: its message may come later, and meets its key."""
    charge = Charge(
        bot=refund.bot,
        id=refund.charge,
        user=refund.user,
        currency=XTR,
        amount=refund.amount,
        payload=refund.payload,
        at=refund.at,
    )
    if await posting.post(ledger.sale(charge, claim.kind if claim else None, claim.order if claim else "")):
        await _note(posting, charge, None, REFUNDED_BEFORE)


def read_paid(row: Sequence[Any]) -> Paid:
    bot, charge, user, order, kind, plan, amount, at, flag, refunded_at, reason, by = row
    return Paid(
        bot=BotId(bot),
        charge=charge,
        user=UserId(user),
        order=order,
        kind=kind,
        plan=plan,
        amount=amount,
        at=at,
        flag=flag,
        refunded_at=refunded_at,
        refund_reason=reason,
        refund_by=by,
    )
