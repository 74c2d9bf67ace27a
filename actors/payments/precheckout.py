"""Answers a query before a payment: from records and memory only, never from Redis, and past every queue.

*Invariant*: a query is answered within `DECIDE_SECONDS` and the time of one call. Nothing is approved because something is down.
"""

from __future__ import annotations

import asyncio
import logging

from actors.payments.context import PaymentContext
from domain.errors import MasqueradeError
from domain.model.ids import Address, BotId
from domain.payments import precheckout
from domain.payments.calls import AnswerPrecheckout
from domain.payments.orders import Order
from domain.payments.payload import Claim, read_payload
from domain.payments.updates import PrecheckoutAsked

DECIDE_SECONDS = 5.0
"""For the records. Telegram gives up after 10 s."""

logger = logging.getLogger(__name__)


async def answer(world: PaymentContext, bot: BotId, asked: PrecheckoutAsked) -> None:
    refusal, language = precheckout.DOUBT, "en"
    try:
        async with asyncio.timeout(DECIDE_SECONDS):
            refusal = await decide(world, asked)
            language = await world.language(asked.user) if refusal else language
    except (MasqueradeError, TimeoutError) as error:
        logger.warning("bot%d: a pre-checkout query is refused in doubt: %s", bot, str(error) or type(error).__name__)
    except Exception:
        logger.exception("bot%d: a pre-checkout query is refused because of a bug", bot)
    try:
        await world.call(bot, AnswerPrecheckout(query=asked.query, refusal=refusal, language=language))
    except MasqueradeError as error:
        logger.warning("bot%d: a pre-checkout query stays without an answer: %s", bot, error)
    except Exception:
        logger.exception("bot%d: a pre-checkout query stays without an answer because of a bug", bot)
    outcome = f"refused ({refusal})" if refusal else "approved"
    logger.info("%s --PreCheckout--> %s", Address(bot, asked.user), outcome)


async def decide(world: PaymentContext, asked: PrecheckoutAsked) -> str:
    """A text id that refuses, or empty. Raises `domain.errors.Unavailable`."""
    claim, now = read_payload(asked.payload, world.secret), world.clock()
    order, buyer = await asyncio.gather(_order(world, claim), world.orders.buyer(asked.user, now))
    subscription = await world.subscriptions.find(order.id) if order and order.period else None
    case = precheckout.Case(
        asked=asked,
        claim=claim,
        order=order,
        buyer=buyer,
        subscription=subscription.held if subscription else None,
        configuration=world.live.current,
        now=now,
    )
    refusal = precheckout.refusal(case)
    if refusal or order is None:
        return refusal
    return "" if await world.orders.approve(order.id, case.asked_at) else precheckout.TWICE


async def _order(world: PaymentContext, claim: Claim | None) -> Order | None:
    return await world.orders.find(claim.order) if claim else None
