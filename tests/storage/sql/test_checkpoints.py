"""How far all bots of a worker have come, by one statement a tick, on both databases."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import Fenced
from domain.model.bot import Lease
from domain.model.ids import BotId
from storage.secrets import Secrets
from storage.sql.checkpoints import Checkpoints
from storage.sql.connection_store import SqlConnectionStore
from storage.sql.database import open_database
from storage.sql.migrate import migrate

SECRETS = Secrets([b"k" * 32], source="the tests")
BOTS = [BotId(5_000_000_000 + number) for number in range(30)]


class Ticks:
    """Ends when the test says so."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[asyncio.Event] = asyncio.Queue()

    async def __call__(self) -> None:
        over = asyncio.Event()
        self.waiting.put_nowait(over)
        await over.wait()

    async def pass_one(self) -> None:
        (await self.waiting.get()).set()


@pytest.fixture
def ticks():
    return Ticks()


@pytest.fixture
def statements(database, monkeypatch):
    """What was written to `bot_state`, a statement an entry."""
    counted = []

    def counting(query):
        def count(connection, **parameters):
            counted.append(parameters)
            return query(connection, **parameters)

        return count

    for name in ("save_states", "raise_fence"):
        monkeypatch.setattr(database.queries, name, counting(getattr(database.queries, name)))
    return counted


@pytest.fixture
def checkpoints(database, ticks):
    return Checkpoints(database, tick=ticks)


def store_of(database, checkpoints, bot, *, token=1):
    lease = Lease(bot=bot, owner=f"worker-{token}", token=token)
    return SqlConnectionStore(database, SECRETS, lease, checkpoints=checkpoints)


async def states(database):
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT bot_id, token, pts FROM bot_state ORDER BY bot_id")
        found = [tuple(row) for row in await cursor.fetchall()]
        await cursor.close()
    return found


async def test_the_places_of_all_bots_of_a_worker_are_one_statement_a_tick(database, checkpoints, ticks, statements):
    stores = [store_of(database, checkpoints, bot) for bot in BOTS]
    await asyncio.gather(*(store.save_state(7, 1, 1, 1) for store in stores))
    assert len(statements) == 1
    within_the_tick = [asyncio.ensure_future(store.save_state(8, 1, 1, 1)) for store in stores]
    await asyncio.sleep(0)
    assert len(statements) == 1
    await ticks.pass_one()
    await asyncio.gather(*within_the_tick)
    assert len(statements) == 2
    assert await states(database) == [(bot, 1, 8) for bot in BOTS]


async def test_a_bot_with_a_later_owner_is_fenced_alone_and_the_others_are_written(database, checkpoints):
    await store_of(database, Checkpoints(database), BOTS[1], token=9).save_state(5, 1, 1, 1)
    stores = [store_of(database, checkpoints, bot) for bot in BOTS[:3]]
    outcomes = await asyncio.gather(*(store.save_state(7, 1, 1, 1) for store in stores), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [type(None), Fenced, type(None)]
    assert "worker-1" in str(outcomes[1])
    assert await states(database) == [(BOTS[0], 1, 7), (BOTS[1], 9, 5), (BOTS[2], 1, 7)]


async def test_two_leases_of_one_bot_in_one_worker_are_written_one_after_the_other(database, checkpoints, ticks):
    first, second = (store_of(database, checkpoints, BOTS[0], token=token) for token in (1, 2))
    saves = [asyncio.ensure_future(store.save_state(pts, 1, 1, 1)) for store, pts in ((first, 7), (second, 8))]
    await ticks.pass_one()
    await asyncio.gather(*saves)
    assert await states(database) == [(BOTS[0], 2, 8)]


async def test_a_bot_that_stops_waiting_holds_nobody_up(database, checkpoints, ticks):
    await store_of(database, checkpoints, BOTS[0]).save_state(1, 1, 1, 1)
    gone = asyncio.ensure_future(store_of(database, checkpoints, BOTS[1]).save_state(2, 1, 1, 1))
    stays = asyncio.ensure_future(store_of(database, checkpoints, BOTS[2]).save_state(3, 1, 1, 1))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    await ticks.pass_one()
    await stays
    assert await states(database) == [(BOTS[0], 1, 1), (BOTS[2], 1, 3)]


async def test_workers_that_write_the_same_bots_at_once_never_stand_in_each_other_s_way(database_uri, database):
    """Rows are locked in one order, whatever the order in which they were asked for."""
    other = await open_database(database_uri, pool_size=4)
    await migrate(other)

    async def no_tick():
        await asyncio.sleep(0)

    async def work(base, bots, token):
        checkpoints = Checkpoints(base, tick=no_tick)
        stores = [store_of(base, checkpoints, bot, token=token) for bot in bots]
        for step in range(10):
            await asyncio.gather(*(store.save_state(step, 1, 1, 1) for store in stores), return_exceptions=True)

    await asyncio.gather(work(database, BOTS, 1), work(other, list(reversed(BOTS)), 2))
    await other.close()
    assert await states(database) == [(bot, 2, 9) for bot in BOTS]
