"""What operators do with payments: the same functions for the command line and the panel.

A refund is asked for by a row in the database. The worker that serves the bot carries it out, on whatever machine it runs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from domain.errors import MasqueradeError
from domain.ports.payments import Paid, RefundRequest
from domain.settings import Settings
from storage.sql.payments.records import PaymentRecords

LOOK_EVERY = 0.3
"""Seconds between two looks for the outcome of a refund."""


class NoSuchPayment(MasqueradeError):  # noqa: N818 - names the state of the world
    """The operator named a charge that is not in the records."""


@asynccontextmanager
async def payment_records(settings: Settings) -> AsyncIterator[PaymentRecords]:
    """Opens the database, whether Masquerade runs or not. Raises `domain.errors.Unavailable`."""
    from control.settings.loading import database_uri
    from storage.sql.database import open_database
    from storage.sql.migrate import migrate

    database = await open_database(database_uri(settings), pool_size=1)
    try:
        await migrate(database)
        yield PaymentRecords(database)
    finally:
        await database.close()


async def find_payment(records: PaymentRecords, charge: str) -> Paid:
    """Raises `NoSuchPayment`."""
    paid = await records.ledger.payment(charge)
    if paid is None:
        raise NoSuchPayment(f"there is no payment {charge}; `payments list` shows the ids of those that there are")
    return paid


async def settle(records: PaymentRecords, charge: str) -> None:
    """Notes that nothing more is to be done about a charge. Raises `NoSuchPayment`."""
    await find_payment(records, charge)
    await records.ledger.settle(charge)


async def refund(records: PaymentRecords, charge: str, *, reason: str, by: str, within: float) -> RefundRequest:
    """Asks for the refund, and waits so many seconds for its outcome; an empty outcome is not known yet. Once: a second request
    answers with the outcome of the first. Raises `NoSuchPayment`.
    """
    paid = await find_payment(records, charge)
    request = RefundRequest(charge=charge, bot=paid.bot, reason=reason, by=by)
    await records.refunds.ask(request, time.time())
    deadline = time.monotonic() + within
    while True:
        found = await records.refunds.find(charge) or request
        if found.outcome or time.monotonic() >= deadline:
            return found
        await asyncio.sleep(LOOK_EVERY)
