"""Cancels subscriptions that must not be renewed: of banned people, of plans that are sold no longer, of VIP that is off.

A renewal cannot be refused, so the cancellation is tried until Telegram takes it. One that slips through is granted.
"""

from __future__ import annotations

import logging

from actors.payments.booking import change_subscription
from actors.payments.context import PaymentContext
from domain.model.ids import BotId
from domain.payments.calls import CancelSubscription
from domain.payments.updates import SubscriptionChange

logger = logging.getLogger(__name__)


async def carry_out(world: PaymentContext, bot: BotId) -> None:
    """Raises `domain.errors.Unavailable`."""
    await _mark(world, bot)
    for subscription in await world.subscriptions.to_cancel(bot):
        for charge in subscription.charges:
            if await world.call(bot, CancelSubscription(user=subscription.user, charge=charge)):
                break
        else:
            logger.error("bot%d user %d: Telegram knows no subscription of theirs to cancel", bot, subscription.user)
        await change_subscription(world, subscription, SubscriptionChange.CANCELLED, subscription.charges[0])
        logger.info("bot%d user %d --Cancelled by us--> subscription to %s", bot, subscription.user, subscription.plan)


async def _mark(world: PaymentContext, bot: BotId) -> None:
    """Those of banned people, and of what is sold no longer."""
    configuration, now = world.live.current, world.clock()
    sold = {plan.id for plan in configuration.vip.plans if plan.monthly}
    on = configuration.features.vip and configuration.features.stars_payments
    for plan in await world.subscriptions.plans(bot):
        if not on or plan not in sold:
            await world.subscriptions.ask_to_cancel(plan=plan)
    await world.subscriptions.ask_to_cancel_of_banned(now)
