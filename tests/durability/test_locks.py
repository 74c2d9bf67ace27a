"""A process dies after each step of buying a lock, and of a chat that ends before its lock. In the end both members know of the
lock or neither does, its credits are used or back, and what is unused comes back once.
"""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

import actors.events
from actors.locks import actor as lock_actor
from actors.locks import tending
from bench.payments.credits import faults_of
from domain.payments.credits import HELD, USED
from storage.sql.database import open_database
from storage.sql.payments.credits import SqlCredits
from tests.durability.crash import CrashPoint
from tests.durability.history import ONE_WORKER, RED, TWO_WORKERS, History, in_memory, populate
from tests.durability.stories import meet

PRICE = 5
FEWEST_STEPS = 4
SETTLED_WITHIN = 30.0

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(autouse=True)
def short_waits(monkeypatch):
    monkeypatch.setattr(actors.events, "LONGEST_READ", 0.02)
    monkeypatch.setattr(lock_actor, "SETTLE_SECONDS", 0.1)
    monkeypatch.setattr(tending, "PENDING_SECONDS", 0.3)


@pytest.fixture(scope="session")
def records(tmp_path_factory) -> Path:
    """A database in which everybody has a profile."""
    path = tmp_path_factory.mktemp("records") / "records.db"
    asyncio.run(populate(f"sqlite:{path}"))
    return path


@pytest.fixture
def uri(records, tmp_path):
    """Makes a fresh copy."""
    path = tmp_path / "records.db"

    def fresh() -> str:
        for old in tmp_path.glob("records.db*"):
            old.unlink()
        shutil.copy(records, path)
        return f"sqlite:{path}"

    return fresh


@dataclass(slots=True)
class Books:
    """What a history left in the accounts."""

    balance: int = 0
    held: int = 0
    used: int = 0
    faults: list[str] = field(default_factory=list)


async def read(town: History, *, give: int = 0) -> Books:
    database = await open_database(town.database_uri, pool_size=1)
    try:
        credits_, queries = SqlCredits(database), database.queries
        if give:
            await credits_.give(town.anna.user, RED, "one", give)
        async with database.connection() as connection:
            held, used = [int(await queries.account_balance(connection, id=name)) for name in (HELD, USED)]
        return Books(await credits_.balance(town.anna.user), held, used, await faults_of(database))
    finally:
        await database.close()


async def settled(town: History) -> Books:
    """Once no lock is undecided, whichever process had to look after that."""
    async with asyncio.timeout(SETTLED_WITHIN):
        while (books := await read(town)).held:  # noqa: ASYNC110 - the accounts tell nobody of a change
            await asyncio.sleep(0.05)
    await town.rests()
    return books


def run(story, crash: CrashPoint, uri: str, workers) -> tuple[Books, History]:
    open_redis, _ = in_memory()
    town = History(crash=crash, database_uri=uri, open_redis=open_redis, workers=workers)
    books: list[Books] = []

    async def told(town: History) -> None:
        await story(town)
        books.append(await settled(town))

    asyncio.run(town.run(told))
    return books[0], town


def each_crash(story, uri, workers):
    """For a crash after each step, until there are no more steps."""
    for at in count(1):
        crash = CrashPoint(at=at)
        yield crash, *run(story, crash, uri(), workers)
        if not crash.last:
            assert at > FEWEST_STEPS
            return


async def buying(town: History) -> None:
    await meet(town)
    await read(town, give=PRICE)
    chat = await town.chat()
    town.begins()
    town.anna.presses(f"lock:5:5:{chat}")
    async with asyncio.timeout(SETTLED_WITHIN):
        while not (town.crashes or (await read(town)).balance < PRICE):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    await town.rests()


async def being_reported(town: History) -> None:
    await meet(town)
    await read(town, give=PRICE)
    chat = await town.chat()
    town.anna.presses(f"lock:5:5:{chat}")
    await town.boris.hears("lock-set")
    await town.rests()
    town.begins()
    town.boris.presses(f"report:insult:{chat}:")
    await town.anna.hears("partner-gone")
    await town.boris.hears("report-booked")


@pytest.mark.parametrize("workers", [ONE_WORKER, TWO_WORKERS], ids=["one process", "two processes"])
def test_a_lock_is_set_told_and_paid_for_or_nothing_of_it(uri, workers):
    ways = set()
    for crash, books, town in each_crash(buying, uri, workers):
        told = town.anna.shows.count("lock-set-mine"), town.boris.shows.count("lock-set")
        assert books.faults == [], crash
        assert (told, books.balance, books.used) in {((1, 1), 0, PRICE), ((0, 0), PRICE, 0)}, (crash, told, books)
        ways.add(told)
    assert ways == {(1, 1), (0, 0)}, "both outcomes were seen"


@pytest.mark.parametrize("workers", [ONE_WORKER, TWO_WORKERS], ids=["one process", "two processes"])
def test_unused_minutes_come_back_once_whoever_dies(uri, workers):
    for crash, books, town in each_crash(being_reported, uri, workers):
        assert books.faults == [], crash
        assert (books.balance, books.used) == (4, 1), (crash, books)
        assert town.boris.shows.count("reported") == 1, crash
