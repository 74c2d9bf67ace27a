"""Cancels subscriptions that must not be renewed: of banned people, of people who had themselves deleted (their deletion asks for
it), of plans that are sold no longer, of VIP that is off.

A renewal cannot be refused, so the cancellation is tried until Telegram takes it. One that slips through is granted.
"""

from __future__ import annotations

import logging
from functools import partial

from actors.payments.booking import change_subscription
from actors.payments.context import PaymentContext, each
from domain.model.ids import Address, BotId
from domain.payments.calls import CancelSubscription
from domain.payments.updates import SubscriptionChange
from domain.ports.payments import Subscription

logger = logging.getLogger(__name__)


UNKNOWN_AGAIN = 600.0
"""Seconds until one is tried again of which Telegram says that it does not know it. It may go on charging all the same."""


async def carry_out(world: PaymentContext, bot: BotId) -> float | None:
    """Seconds until it is to be done again; None for its period. Raises `domain.errors.Unavailable`."""
    await _mark(world, bot)
    unknown: list[Subscription] = []
    await each(await world.subscriptions.to_cancel(bot), partial(_cancel, world, unknown))
    return UNKNOWN_AGAIN if unknown else None


async def _cancel(world: PaymentContext, unknown: list[Subscription], subscription: Subscription) -> None:
    bot, user = subscription.bot, subscription.user
    address = Address(bot, user)
    for charge in subscription.charges:
        if await world.call(bot, CancelSubscription(user=user, charge=charge)):
            break
    else:
        logger.error("%s: Telegram knows no subscription of theirs to cancel; it is tried again", address)
        unknown.append(subscription)
        return
    await change_subscription(world, subscription, SubscriptionChange.CANCELLED, subscription.charges[0])
    logger.info("%s --Cancelled by us--> subscription to %s", address, subscription.plan)


async def _mark(world: PaymentContext, bot: BotId) -> None:
    """Those of banned people, and of what is sold no longer."""
    configuration, now = world.live.current, world.clock()
    sold = {plan.id for plan in configuration.vip.plans if plan.monthly}
    on = configuration.features.vip and configuration.features.stars_payments
    for plan in await world.subscriptions.plans(bot):
        if not on or plan not in sold:
            await world.subscriptions.ask_to_cancel(bot, plan=plan)
    await world.subscriptions.ask_to_cancel_of_banned(bot, now)
