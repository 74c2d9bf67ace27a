"""Refunds that an operator asked for. A request is a row: the worker that serves the bot carries it out, also after a restart.

Telegram is asked first. A refund that Telegram made is booked whatever happens after: its notice and the list tell of it too.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import cast

from actors.payments import control_chat
from actors.payments.booking import book_refund
from actors.payments.context import PaymentContext, each
from domain.errors import Unavailable
from domain.model.ids import BotId
from domain.payments.calls import FindTransaction, RefundCharge, RefundOutcome
from domain.payments.transactions import Transaction
from domain.payments.updates import Refund, hashed
from domain.ports.payments import REFUSED, RefundRequest

logger = logging.getLogger(__name__)


async def carry_out(world: PaymentContext, bot: BotId) -> None:
    """Each request of this bot that has no outcome yet. Raises `domain.errors.Unavailable`."""
    await each(await world.refunds.asked(bot), partial(_carry_out, world))


async def _carry_out(world: PaymentContext, request: RefundRequest) -> None:
    outcome = await _refund(world, request)
    await control_chat.tell_outcome(world, request, outcome)
    await world.refunds.done(request.charge, outcome, world.clock())
    logger.info("bot%d --Refund by %s--> charge %s: %s", request.bot, request.by, hashed(request.charge), outcome)


async def _refund(world: PaymentContext, request: RefundRequest) -> str:
    """The outcome, in words for the operator."""
    paid = await world.ledger.payment(request.charge)
    if paid is None:
        return "unknown charge"
    if paid.refunded_at is not None:
        return "refunded before"
    outcome = await world.call(paid.bot, RefundCharge(user=paid.user, charge=paid.charge))
    if outcome is RefundOutcome.ALREADY and await _row(world, paid.bot, paid.charge) is None:
        raise Unavailable("Telegram says that a charge was refunded before, and its list does not show it yet")
    if outcome in {RefundOutcome.DONE, RefundOutcome.ALREADY}:
        refund = Refund(bot=paid.bot, charge=paid.charge, user=paid.user, amount=paid.amount, at=world.clock())
        await book_refund(world, refund, reason=request.reason, by=request.by)
        return "refunded" if outcome is RefundOutcome.DONE else "refunded before"
    return f"{REFUSED}: {outcome}"


async def _row(world: PaymentContext, bot: BotId, charge: str) -> Transaction | None:
    return cast("Transaction | None", await world.call(bot, FindTransaction(id=charge, refund=True)))
