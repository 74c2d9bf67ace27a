"""Books what Telegram tells of charges, refunds and subscriptions. Booking is idempotent, and tried until it is done."""

from __future__ import annotations

import asyncio
import logging
from typing import assert_never

from actors.payments.context import PaymentContext
from domain.errors import Unavailable
from domain.model.ids import Address, BotId
from domain.model.profile import DAY
from domain.payments.ledger import charge_key
from domain.payments.payload import gift_code, read_payload
from domain.payments.sales import Owed
from domain.payments.updates import (
    NANO,
    Charge,
    PaymentReceived,
    PaymentUpdate,
    Refund,
    RefundReceived,
    SubscriptionChange,
    SubscriptionChanged,
    hashed,
)
from domain.ports.payments import Subscription

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0
"""Seconds between tries while the database is away."""
BUG_PAUSE = 60.0
HOUR = 3600.0

logger = logging.getLogger(__name__)
vip_log = logging.getLogger("actors.vip")


async def take(world: PaymentContext, bot: BotId, update: PaymentUpdate, turn: asyncio.Lock) -> None:
    """Returns once the update's effect is in the database, however long that takes. A bug of ours holds up no other payment: the
    update stays unconfirmed, so that the next release gets it again. `turn`: held while others of this person have to wait.
    """
    while True:
        try:
            async with turn:
                return await _take_when_possible(world, bot, update)
        except Exception:
            logger.exception("bot%d: a payment cannot be booked because of a bug; next try in %.0f s", bot, BUG_PAUSE)
            await asyncio.sleep(BUG_PAUSE)


async def _take_when_possible(world: PaymentContext, bot: BotId, update: PaymentUpdate) -> None:
    pause = FIRST_PAUSE
    while True:
        try:
            async with world.bookings:
                return await _take(world, bot, update)
        except Unavailable as error:
            logger.warning("bot%d: a payment waits to be booked: %s; next try in %.1f s", bot, error, pause)
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def _take(world: PaymentContext, bot: BotId, update: PaymentUpdate) -> None:
    match update:
        case PaymentReceived(charge=charge):
            await book_charge(world, charge)
        case RefundReceived(refund=refund):
            await book_refund(world, refund)
        case SubscriptionChanged():
            await _change_subscription(world, bot, update)
        case _:
            assert_never(update)


async def book_charge(world: PaymentContext, charge: Charge) -> bool:
    """False where it was booked before."""
    claim = read_payload(charge.payload, world.secret)
    grace = world.live.current.vip.grace_hours * HOUR
    code = gift_code(charge_key(charge.bot, charge.id), world.secret)
    booked = await world.ledger.book_charge(charge, claim, gift_code=code, grace=grace)
    if booked is None:
        return False
    stars, flag = charge.amount / NANO, f" ({booked.flag})" if booked.flag else ""
    logger.info("%s --Paid %g Stars--> charge %s%s", Address(charge.bot, charge.user), stars, hashed(charge.id), flag)
    for user in booked.changed:
        vip_log.info("%s --Granted--> charge %s", Address(charge.bot, user), hashed(charge.id))
        world.vip_changed(user)
    return True


async def book_refund(world: PaymentContext, refund: Refund, *, reason: str = "", by: str = "") -> bool:
    """False where it was booked before."""
    claim = read_payload(refund.payload, world.secret)
    booked = await world.ledger.book_refund(refund, claim, reason=reason, by=by)
    if booked is None:
        return False
    logger.info("%s --Refunded--> charge %s", Address(refund.bot, refund.user), hashed(refund.charge))
    for user in booked.changed:
        vip_log.info("%s --Taken back--> charge %s", Address(refund.bot, user), hashed(refund.charge))
        world.vip_changed(user)
    return True


async def _change_subscription(world: PaymentContext, bot: BotId, changed: SubscriptionChanged) -> None:
    claim, address = read_payload(changed.payload, world.secret), Address(bot, changed.user)
    if claim is None:
        logger.error("%s: a subscription with an unknown payload was %s", address, changed.change)
        return
    known = await world.subscriptions.find(claim.order)
    if known is None:
        known = Subscription(order=claim.order, bot=bot, user=changed.user, plan=claim.plan, state="alive", until=0.0, charges=())
    if await change_subscription(world, known, changed.change, str(changed.qts), days=claim.quantity):
        vip_log.info("%s --Subscription--> %s", address, changed.change)


async def change_subscription(
    world: PaymentContext, known: Subscription, change: SubscriptionChange, number: str, *, days: int = 0
) -> bool:
    """Note it, and tell its owner until when VIP lasts. False where it was known. `number` makes the notice's key. `days`: those
    of its charge, which may be booked later.
    """
    until = (await world.grants.state(known.user)).until or world.clock() + days * DAY
    text = f"subscription-{change}"
    to = Address(known.bot, known.user)
    owed = Owed(key=f"{text}:{known.order}:{number}", to=to, text=text, arguments={"until": until})
    return await world.subscriptions.change(known, change, (owed,))
