"""A house with its own Redis and PostgreSQL, the roads to them, and a crowd that talks whatever happens."""

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
from domain.configuration import LiveConfiguration
from domain.matching.requests import Memory
from domain.model.ids import UserId
from storage.redis.keys import Keys
from storage.redis.pool import RedisPool
from storage.redis.reconciliation import RedisReconciliation
from storage.sql.chats import SqlChats
from storage.sql.database import Database, open_database
from storage.sql.searches import SqlSearches
from tests.faults.crowd import Crowd
from tests.faults.machine import Clock
from tests.faults.proxy import Road
from tests.servers import PostgresServer, RedisServer
from tests.system.house import House
from tests.system.people import Person, Town
from tests.system.telegram import house_at, telegram

Scenario = Callable[["Street", float], Awaitable[None]]
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
"""Times that let a short outage be felt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the crowd went through."""

    verdict: Verdict
    limbo: dict[int, str]
    unanswered: dict[int, str]
    apart: list[str]
    """Who talks no more, or with somebody else."""
    log: str

    @property
    def all_is_well(self) -> bool:
        return not (self.verdict.wrong or self.limbo or self.unanswered or self.apart)

    def __str__(self) -> str:
        return f"{self.verdict}\nin limbo: {self.limbo}\nunanswered: {self.unanswered}\napart: {self.apart}\n{self.log}"


class Street:
    def __init__(self, folder: Path, endpoint: dict[str, Any], **environment: str) -> None:
        """Opened by `open_street`. `environment` goes to the house."""
        self.redis_server = RedisServer(appendonly=True)
        self.postgres = PostgresServer()
        self.to_redis = Road(lambda: self.redis_server.port)
        self.to_postgres = Road(lambda: self.postgres.port)
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

    async def goes_through(self, scenario: Scenario, seconds: float) -> Judgement:
        await scenario(self, seconds)
        await self.house.until_healthy()
        return await self.judged()

    async def judged(self) -> Judgement:
        """The crowd holds its tongue meanwhile, and talks again."""
        await self.crowd.falls_silent()
        limbo = await self.limbo()
        verdict, unanswered = self.crowd.audit.verdict(), self.crowd.unanswered
        apart = await self.crowd.talks_again()
        return Judgement(verdict=verdict, limbo=limbo, unanswered=unanswered, apart=apart, log=self.house.log)

    async def bots(self) -> list[str]:
        """Their usernames."""
        return [bot["username"] for bot in (await self.house.http.get("/api/bots")).json()]

    async def parts(self, *people: Person) -> None:
        """They leave their chats or searches."""
        await asyncio.gather(*(person.says("/stop") for person in people))

    async def limbo(self) -> dict[int, str]:
        """Who is in limbo still when everybody has had time to come to rest."""
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

    async def place_in_pool(self, person: Person) -> Place:
        user = UserId(person.id)
        async with self.stores() as (pool, _):
            return (await places_in_pool(pool, [user]))[user]

    @asynccontextmanager
    async def stores(self) -> AsyncIterator[tuple[RedisPool, Database]]:
        """Past the roads."""
        database = await open_database(self.postgres.uri, pool_size=1)
        async with Redis.from_url(self.redis_server.url) as redis:
            try:
                yield RedisPool(redis, Keys("main"), LiveConfiguration()), database
            finally:
                await database.close()

    async def repaired(self) -> None:
        """The pool is in line with the records again after a restart of Redis."""
        async with Redis.from_url(self.redis_server.url) as redis:
            reconciliation = RedisReconciliation(redis, Keys("main"), LiveConfiguration())
            for _ in range(int(SETTLED_SECONDS)):
                if await reconciliation.memory() is Memory.INTACT:
                    return
                await asyncio.sleep(1.0)
        raise AssertionError(f"the pool was not repaired\n{self.house.log}")

    async def until_connections_are_few(self) -> None:
        """As many as the pools hold, and no more. What fell into a hole ends once its end gets through."""
        most = int(self._environment["MASQUERADE_STORES__POOL_SIZE"]) * self.workers
        for _ in range(int(SETTLED_SECONDS)):
            if self.connections() <= most:
                return
            await asyncio.sleep(1.0)
        raise AssertionError(f"{self.connections()} connections, of which {most} are wanted\n{self.house.log}")

    def connections(self) -> int:
        """That the house has open at PostgreSQL, as the server sees it."""
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

    async def takes_new_token(self, bot: int, token: str) -> None:
        """As an operator does: into the settings, stop, run."""
        others = [each for each in self.house.environment["BOT_TOKENS"].split(",") if not each.startswith(f"{bot}:")]
        self.house.environment["BOT_TOKENS"] = ",".join([*others, token])
        assert await self.house.stop() == 0
        await self.house.start()

    async def close(self) -> None:
        """Whatever of it was opened."""
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
async def open_street(
    folder: Path, *, pairs: int = 4, walkers: int = 2, pause: float = 0.5, **environment: str
) -> AsyncIterator[Street]:
    async with telegram(folder / "telegram") as endpoint:
        street = Street(folder, endpoint, **environment)
        try:
            await street.start(pairs=pairs, walkers=walkers, pause=pause)
            yield street
        finally:
            await street.close()


def problems(status: dict[str, Any]) -> str:
    return "\n".join(status.get("problems", []))
