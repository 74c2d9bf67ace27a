"""VIP that nobody pays for here: promo codes, gift links, the trial."""

from __future__ import annotations

import logging

from actors.payments.context import PaymentContext
from actors.payments.messages import RedeemGift, RedeemPromo, StartTrial
from domain.model.profile import DAY
from domain.ports.payments import NotRedeemed

logger = logging.getLogger("actors.vip")


async def redeem_promo(world: PaymentContext, asked: RedeemPromo) -> int | NotRedeemed:
    granted = await world.grants.redeem_promo(asked.code, asked.address.user, asked.address.bot)
    _tell(world, asked, granted, "promo code")
    return granted


async def redeem_gift(world: PaymentContext, asked: RedeemGift) -> int | NotRedeemed:
    granted = await world.grants.redeem_gift(asked.code, asked.address.user, asked.address.bot)
    _tell(world, asked, granted, "gift link")
    return granted


async def start_trial(world: PaymentContext, asked: StartTrial) -> float | None:
    """Until when VIP lasts; None where the trial was used, or there is none: minors have none."""
    days, user = world.live.current.vip.trial_days, asked.address.user
    if not days or not world.live.current.features.vip or (await world.orders.buyer(user, world.clock())).minor:
        return None
    until = await world.grants.grant(user, asked.address.bot, f"trial:{user}", days * DAY)
    if until is not None:
        logger.info("%s --Granted %d days--> trial", asked.address, days)
        world.vip_changed(user)
    return until


def _tell(world: PaymentContext, asked: RedeemPromo | RedeemGift, granted: int | NotRedeemed, what: str) -> None:
    user = asked.address.user
    if isinstance(granted, NotRedeemed):
        logger.info("%s --Refused--> %s is %s", asked.address, what, granted)
        return
    logger.info("%s --Granted %d days--> %s", asked.address, granted, what)
    world.vip_changed(user)
