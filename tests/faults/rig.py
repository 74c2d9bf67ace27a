"""The rig of the fault tests: a house with its own Redis and PostgreSQL, proxies in front of them, and a crowd that talks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from redis.asyncio import Redis

from bench.audit import Verdict
from bench.limbo import Place, in_limbo, places_in_pool, places_in_records
from bench.locks.books import read_books
from control.panel import POOL_SIZE
from domain.configuration import LiveConfiguration
from domain.matching.requests import Memory
from domain.model.ids import BotId, UserId
from storage.redis.keys import Keys
from storage.redis.pool.pool import RedisPool
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.sql.chats import SqlChats
from storage.sql.database import Database, open_database
from storage.sql.payments.credits import SqlCredits
from storage.sql.searches import SqlSearches
from tests.faults.crowd import Crowd
from tests.faults.lockers import CREDITS
from tests.faults.machine import Clock
from tests.faults.proxy import Proxy
from tests.servers import PostgresServer, RedisServer
from tests.system.house import House
from tests.system.people import Person, Town
from tests.system.telegram import house_at, telegram

Scenario = Callable[["Rig", float], Awaitable[None]]
SETTLED_SECONDS = 30.0
LONG = {"MASQUERADE_STORES__POOL_SIZE": "4"}
SHORT = {
    **LONG,
    "WORKERS": "2",
    "MASQUERADE_STORES__QUERY_TIMEOUT": "2",
    "MASQUERADE_CLUSTER__LEASE_SECONDS": "15",
    "MASQUERADE_TELEGRAM__CALL_TIMEOUT": "2",
    "MASQUERADE_TELEGRAM__CONNECT_TIMEOUT": "2",
}
"""Time limits so short that a short outage exceeds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What became of the crowd's messages and of the crowd."""

    verdict: Verdict
    limbo: dict[int, str]
    unanswered: dict[int, str]
    apart: list[str]
    """Pairs that do not talk any more, or with somebody else, and people who got out of a locked chat."""
    credits: list[str]
    """What is wrong with locks and credits."""
    log: str

    @property
    def all_is_well(self) -> bool:
        return not (self.verdict.wrong or self.limbo or self.unanswered or self.apart or self.credits)

    def __str__(self) -> str:
        people = f"in limbo: {self.limbo}\nunanswered: {self.unanswered}\napart: {self.apart}\ncredits: {self.credits}"
        return f"{self.verdict}\n{people}\n{self.log}"


class Rig:
    def __init__(self, folder: Path, endpoint: dict[str, Any], **environment: str) -> None:
        """Use `open_rig`. `environment`: settings of the house."""
        self.redis_server = RedisServer(appendonly=True)
        self.postgres = PostgresServer()
        self.to_redis = Proxy(lambda: self.redis_server.port)
        self.to_postgres = Proxy(lambda: self.postgres.port)
        self._folder = folder
        self._telegram = endpoint
        self.clock = Clock(folder)
        self._environment = environment
        self.house: House
        self.town: Town
        self.crowd: Crowd

    @property
    def workers(self) -> int:
        return int(self._environment.get("WORKERS", "1"))

    async def run(self, scenario: Scenario, seconds: float) -> Judgement:
        await scenario(self, seconds)
        await self.house.until_healthy()
        return await self.judge()

    async def judge(self) -> Judgement:
        """Let the crowd fall silent, look at all people and messages, and let it talk again."""
        await self.crowd.falls_silent()
        limbo, credits_ = await self.limbo(), await self.credits()
        verdict, unanswered = self.crowd.audit.verdict(), self.crowd.unanswered
        apart = [*self.crowd.lockers.gone, *await self.crowd.talks_again()]
        return Judgement(verdict=verdict, limbo=limbo, unanswered=unanswered, apart=apart, credits=credits_, log=self.house.log)

    async def bots(self) -> list[str]:
        """The usernames of the bots."""
        return [bot["username"] for bot in (await self.house.http.get("/api/bots")).json()]

    async def parts(self, *people: Person) -> None:
        """They leave their chats or searches."""
        await asyncio.gather(*(person.says("/stop") for person in people))

    async def limbo(self) -> dict[int, str]:
        """Who is still in limbo after `SETTLED_SECONDS`."""
        limbo: dict[int, str] = {}
        users = [UserId(user) for user in self.crowd.phones]
        async with self.stores() as (pool, database):
            chats, searches = SqlChats(database), SqlSearches(database)
            for _ in range(int(SETTLED_SECONDS)):
                in_records = await places_in_records(chats, searches, users)
                limbo = in_limbo(self.crowd.places, await places_in_pool(pool, users), in_records)
                if not limbo:
                    break
                await asyncio.sleep(1.0)
        return limbo

    async def credits(self) -> list[str]:
        """What is wrong with locks and credits, once no lock is pending any more."""
        for _ in range(int(SETTLED_SECONDS)):
            books = await asyncio.to_thread(read_books, self.postgres.uri)
            if books.settled:
                break
            await asyncio.sleep(1.0)
        return self.crowd.lockers.faults(books)

    async def place_in_pool(self, person: Person) -> Place:
        user = UserId(person.id)
        async with self.stores() as (pool, _):
            return (await places_in_pool(pool, [user]))[user]

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[tuple[RedisPool, Database]]:
        """Connections of the test's own, not through the proxies."""
        database = await open_database(self.postgres.uri, pool_size=1)
        async with Redis.from_url(self.redis_server.url) as redis:
            try:
                yield RedisPool(redis, Keys("main"), LiveConfiguration()), database
            finally:
                await database.close()

    async def repaired(self) -> None:
        """Wait until the pool is reconciled with the records after a restart of Redis."""
        async with Redis.from_url(self.redis_server.url) as redis:
            reconciliation = RedisReconciliation(redis, Keys("main"), LiveConfiguration())
            for _ in range(int(SETTLED_SECONDS)):
                if await reconciliation.memory() is Memory.INTACT:
                    return
                await asyncio.sleep(1.0)
        raise AssertionError(f"the pool was not repaired\n{self.house.log}")

    async def until_connections_are_few(self) -> None:
        """Wait until there are no more connections to PostgreSQL than the pools hold. Stalled ones end a little later."""
        allowed = int(self._environment["MASQUERADE_STORES__POOL_SIZE"]) * self.workers + POOL_SIZE
        for _ in range(int(SETTLED_SECONDS)):
            if self.connections() <= allowed:
                return
            await asyncio.sleep(1.0)
        raise AssertionError(f"{self.connections()} connections, {allowed} are allowed\n{self.house.log}")

    def connections(self) -> int:
        """Open connections of the house, as PostgreSQL counts them."""
        with psycopg.connect(self.postgres.uri) as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'masquerade'"
            row = connection.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    async def start(self, *, pairs: int, walkers: int, pause: float) -> None:
        await asyncio.gather(asyncio.to_thread(self.redis_server.start), asyncio.to_thread(self.postgres.start))
        await asyncio.gather(self.to_redis.open(), self.to_postgres.open())
        self.house = house_at(
            self._folder / "house",
            self._telegram,
            REDIS_URL=f"redis://127.0.0.1:{self.to_redis.port}/0",
            POSTGRES_URI=re.sub(r":\d+/", f":{self.to_postgres.port}/", self.postgres.uri),
            **self.clock.environment,
            **self._environment,
        )
        await self.house.start()
        self.town = Town(self.house)
        url = f"http://127.0.0.1:{self._telegram['http_port']}"
        self.crowd = await Crowd(url, pairs=pairs, walkers=walkers, pause=pause).gathers()
        await self._begin_to_lock()

    async def _begin_to_lock(self) -> None:
        lockers = await self.crowd.is_joined_by_lockers()
        async with self.stores() as (_, database):
            for user in lockers:
                await SqlCredits(database).give(UserId(user), BotId(0), f"{user}", CREDITS)
        self.crowd.lock(CREDITS)

    async def replace_token(self, bot: int, token: str) -> None:
        """As an operator does: change the settings, stop, run."""
        others = [each for each in self.house.environment["BOT_TOKENS"].split(",") if not each.startswith(f"{bot}:")]
        self.house.environment["BOT_TOKENS"] = ",".join([*others, token])
        assert await self.house.stop() == 0
        await self.house.start()

    async def close(self) -> None:
        """Close whatever was opened."""
        await asyncio.gather(self.to_redis.open(), self.to_postgres.open())
        try:
            if hasattr(self, "crowd"):
                await self.crowd.goes_home()
            if hasattr(self, "house"):
                await self.house.close()
        finally:
            await asyncio.gather(self.to_redis.refuse(), self.to_postgres.refuse())
            await asyncio.gather(*(asyncio.to_thread(server.remove) for server in (self.redis_server, self.postgres)))


@asynccontextmanager
async def open_rig(
    folder: Path, *, pairs: int = 4, walkers: int = 2, pause: float = 0.5, **environment: str
) -> AsyncIterator[Rig]:
    async with telegram(folder / "telegram") as endpoint:
        rig = Rig(folder, endpoint, **environment)
        try:
            await rig.start(pairs=pairs, walkers=walkers, pause=pause)
            yield rig
        finally:
            await rig.close()


def problems(status: dict[str, Any]) -> str:
    return "\n".join(status.get("problems", []))
