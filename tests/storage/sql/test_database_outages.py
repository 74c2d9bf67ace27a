"""PostgreSQL goes away and comes back: callers are told within seconds, and nothing leaks."""

from __future__ import annotations

import asyncio
import time

import psycopg
import pytest

from domain.errors import Unavailable
from storage.sql import postgres as driver
from storage.sql.database import open_database
from tests.servers import PostgresServer

POOL = 4
SOON = 5.0
"""Seconds; several times the limits below, for busy machines, and far below those of the driver itself."""


@pytest.fixture(scope="module")
def server():
    """Its own, since other tests' databases must not feel it."""
    own = PostgresServer()
    own.start()
    yield own
    own.remove()


@pytest.fixture
async def database(server, monkeypatch):
    monkeypatch.setattr(driver, "POOL_SECONDS", 1.0)
    server.start()
    opened = await open_database(server.uri, pool_size=POOL)
    yield opened
    await opened.close()


async def ask(database):
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT 1")
        return await cursor.fetchone()


async def use_all(database):
    """Every connection of the pool is open, and idle again."""
    everybody = asyncio.Barrier(POOL)

    async def hold():
        async with database.connection() as connection:
            await connection.execute("SELECT 1")
            await everybody.wait()

    await asyncio.gather(*[hold() for _ in range(POOL)])


def seen_by(server):
    with psycopg.connect(server.uri) as connection:
        found = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'masquerade'").fetchone()
    return found[0]


async def test_a_restart_between_calls_is_not_noticed(server, database):
    await use_all(database)
    server.restart()
    assert await ask(database) == (1,)
    assert await asyncio.gather(*[ask(database) for _ in range(3 * POOL)]) == [(1,)] * 3 * POOL


async def test_a_kill_in_the_middle_of_a_call_is_unavailable(server, database):
    async with asyncio.timeout(20):
        call = asyncio.ensure_future(sleep_in(database))
        await running(server)
        server.kill()
        with pytest.raises(Unavailable, match=r"PostgreSQL at 127\.0\.0\.1:\d+"):
            await call


async def test_while_it_is_down_callers_are_told_soon_and_after_it_they_are_served(server, database):
    await use_all(database)
    server.kill()
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await ask(database)
        assert time.monotonic() - began < SOON
    server.start()
    assert await asyncio.gather(*[ask(database) for _ in range(3 * POOL)]) == [(1,)] * 3 * POOL


async def test_many_outages_leak_no_connection(server, database):
    for _ in range(3):
        await use_all(database)
        server.kill()
        await asyncio.gather(*[ask(database) for _ in range(3 * POOL)], return_exceptions=True)
        server.start()
        await ask(database)
    await use_all(database)
    assert database.connections() == {"open": POOL, "idle": POOL, "waiting": 0}
    assert seen_by(server) == POOL


async def test_a_server_that_hangs_is_unavailable_after_the_call_s_time(server, database, monkeypatch):
    await ask(database)
    server.pause()
    with monkeypatch.context() as limits:
        limits.setattr(database, "_call_seconds", 0.3)
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await ask(database)
    assert "PostgreSQL" in database.trouble.line
    assert time.monotonic() - began < SOON
    server.resume()
    assert await ask(database) == (1,)


async def test_a_pool_that_is_all_taken_is_unavailable_and_then_free_again(database):
    taken, free = asyncio.Barrier(POOL + 1), asyncio.Event()

    async def hold():
        async with database.connection():
            await taken.wait()
            await free.wait()

    holders = [asyncio.ensure_future(hold()) for _ in range(POOL)]
    await taken.wait()
    with pytest.raises(Unavailable):
        await ask(database)
    free.set()
    await asyncio.gather(*holders)
    assert await ask(database) == (1,)


async def test_a_server_that_is_down_at_the_start_is_unavailable_with_its_reason(server):
    server.stop()
    with pytest.raises(Unavailable, match=r"PostgreSQL at 127\.0\.0\.1:\d+ .*refused"):
        await open_database(server.uri)


async def test_a_wrong_password_is_told_without_telling_it(server):
    server.start()
    with pytest.raises(Unavailable, match="password authentication failed") as caught:
        await open_database(server.uri.replace(server.password, "s3cret"))
    assert "s3cret" not in repr(caught.value)


async def sleep_in(database):
    async with database.transaction() as connection:
        await connection.execute("SELECT pg_sleep(30)")


async def running(server):
    """Until the server is at work on `pg_sleep`."""
    watch = await psycopg.AsyncConnection.connect(server.uri, autocommit=True)
    query = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
    async with watch:
        while (await (await watch.execute(query)).fetchone())[0] == 0:
            continue
