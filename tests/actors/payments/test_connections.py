"""Bookings leave connections to the database to the queries before payments, which cannot wait."""

from __future__ import annotations

import asyncio

import psycopg

from tests.actors.payments.desk import a_desk, charged

CHARGES = 8


async def test_a_query_is_answered_while_many_bookings_wait_for_the_database(tmp_path, postgres_uri):
    async with a_desk(tmp_path, postgres_uri, pool_size=4) as desk:
        orders = [await desk.ordered(id=f"{number:016x}") for number in range(CHARGES)]
        asked = await desk.ordered(id="a" * 16)
        async with await psycopg.AsyncConnection.connect(postgres_uri) as other:
            await other.execute("LOCK TABLE ledger_events IN ACCESS EXCLUSIVE MODE")
            for number, order in enumerate(orders):
                await desk.hears(charged(order, f"stx{number}", pts=number + 1))
            await _bookings_wait(postgres_uri)
            assert await desk.asks(asked) == ""
            assert not desk.telegram.confirmed
        await desk.telegram.until(lambda: len(desk.telegram.confirmed) == CHARGES)


async def _bookings_wait(uri: str) -> None:
    """At the lock, with the other connections of the pool free or waiting too."""
    query = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with await psycopg.AsyncConnection.connect(uri, autocommit=True) as connection:
        seen = 0
        while True:
            row = await (await connection.execute(query)).fetchone()
            assert row is not None
            if row[0] and row[0] == seen:
                return
            seen = row[0]
            await asyncio.sleep(0.2)
