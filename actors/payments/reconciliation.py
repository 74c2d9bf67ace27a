"""Compares a bot's list of Stars at Telegram with the ledger, and books what is missing.

The list has what the bot was not told: payments from before the first start, those of a lost message, refunds by others, and
what is no sale at all. It is read from the oldest row, and then from where the last comparison ended, with an overlap.
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

from actors.payments.booking import book_charge, book_refund
from actors.payments.context import PaymentContext
from domain.model.ids import BotId
from domain.payments.calls import ReadTransactions
from domain.payments.transactions import Moved, Page, Transaction, meaning
from domain.payments.updates import NANO, Charge, Refund
from domain.ports.payments import StarList

OVERLAP = 100
"""Rows that are read again. The order of rows of one second, and late changes of a row, are not documented."""
LOOKS = 3
LOOK_AGAIN = 2.0
"""Seconds until balances that differ are compared again: a payment may be under way, and the list may lag."""

DIFFERENT_AGAIN = 60.0
"""Seconds until a list that differs is compared again: what is told to the operator as a difference shall be one still."""

logger = logging.getLogger(__name__)


async def compare(world: PaymentContext, bot: BotId) -> float | None:
    """Seconds until it is to be done again; None where all is well. Raises `domain.errors.Unavailable`."""
    before = await world.star_lists.read(bot)
    rows = before.rows
    for look in range(LOOKS):
        rows, page = await _read(world, bot, rows)
        difference = page.balance - await world.ledger.balance(bot)
        if not difference:
            break
        if look + 1 < LOOKS:
            await asyncio.sleep(LOOK_AGAIN)
    now = world.clock()
    since = (before.differs_since if before.difference == difference else now) if difference else 0.0
    state = StarList(bot=bot, rows=rows, compared_at=now, balance=page.balance, difference=difference, differs_since=since)
    await world.star_lists.write(state)
    if difference and difference != before.difference:
        logger.error("bot%d: Telegram has %g Stars more than the ledger", bot, difference / NANO)
    logger.info("bot%d --Compared %d rows--> balance %g Stars", bot, rows, page.balance / NANO)
    return DIFFERENT_AGAIN if difference else None


async def _read(world: PaymentContext, bot: BotId, rows: int) -> tuple[int, Page]:
    """Books all rows after the first `rows`, less the overlap. (How many rows there are, the last page)."""
    offset = max(0, rows - OVERLAP)
    while True:
        page = cast("Page", await world.call(bot, ReadTransactions(offset=offset)))
        for row in page.rows:
            await _book(world, bot, row)
        offset = page.end
        if not page.more:
            return offset, page


async def _book(world: PaymentContext, bot: BotId, row: Transaction) -> None:
    what = meaning(bot, row)
    booked = False
    match what:
        case Charge():
            booked = await book_charge(world, what)
            if row.affiliate:
                await world.ledger.book_affiliate(what, row.affiliate)
        case Refund():
            booked = await book_refund(world, what)
        case Moved():
            booked = await world.ledger.book_move(what)
    if booked:
        logger.warning("bot%d --Found in the list--> %s of %g Stars", bot, type(what).__name__.lower(), row.amount / NANO)
