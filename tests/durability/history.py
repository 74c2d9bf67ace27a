"""One history: people write, the processes that serve them crash and are restarted, until all work is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fakeredis import FakeAsyncRedis, FakeServer

from domain.configuration import Configuration, LiveConfiguration, Matching
from domain.matching.requests import GetStatus
from domain.model.ids import BotId, MessageId, UserId
from domain.model.profile import Gender, Profile
from domain.settings import Settings, Stores
from domain.trust.rules import Trust
from storage.redis.pool.pool import RedisPool
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from tests.durability.crash import CrashPoint, Process
from tests.durability.telegram import PATIENCE, Phone, Telegram
from tests.durability.worker import KEYS, Worker
from tests.records import keep

RED, BLUE = BotId(100), BotId(200)
ONE_WORKER = ((RED, BLUE),)
TWO_WORKERS = ((RED,), (BLUE,))
PEOPLE = {"anna": (RED, UserId(1)), "boris": (BLUE, UserId(2)), "carla": (RED, UserId(3))}
SETTINGS = Settings(
    stores=Stores(redis_url="redis://in-memory"), trust=Trust(media="open"), matching=Matching(progress_seconds=3600.0)
)
"""Pictures are compared as they were sent; how long a search takes is the machine's affair."""

Open = Callable[[], Any]
"""Makes a client of the history's Redis."""


OFFER = "afterwards"
"""What is offered after a chat. Whoever left may lose it where the process dies before it is sent; the end itself is told in any
case.
"""


@dataclass(frozen=True, slots=True)
class Chat:
    first: int
    second: int
    end: str | None


@dataclass(slots=True, kw_only=True)
class Ending:
    """The state at the end, when all work is done."""

    phones: dict[str, list[str]]
    replies: dict[str, list[MessageId]] = field(compare=False)
    """The ids of the messages that were replied to, as each person's phone numbers them."""
    offers: dict[str, int] = field(compare=False)
    """How often each was offered something after a chat."""
    places: dict[str, str]
    chats: list[Chat]
    parted: list[tuple[int, int, str]]
    """(who, whom, why) of blocks and separations by reports."""
    reports: list[tuple[int, int, str]]
    """(who, whom, why)."""
    searches: list[int]

    @property
    def pool_and_records_agree(self) -> bool:
        live = {user for chat in self.chats if chat.end is None for user in (chat.first, chat.second)}
        paired = {PEOPLE[name][1] for name, place in self.places.items() if place == "Paired"}
        waiting = {PEOPLE[name][1] for name, place in self.places.items() if place == "Waiting"}
        return live == paired and set(self.searches) == waiting


@dataclass(slots=True, kw_only=True)
class History:
    crash: CrashPoint
    database_uri: str
    open_redis: Open
    workers: tuple[tuple[BotId, ...], ...] = ONE_WORKER
    forgetful: bool = False
    """The confirmed place in a bot's log is not stored before a crash."""
    after_crash: Callable[[], None] = lambda: None
    telegram: Telegram = field(default_factory=lambda: Telegram(RED, BLUE))
    people: dict[str, Phone] = field(init=False)
    crashes: int = 0
    _running: dict[int, Worker] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.people = {name: self.telegram.phone(bot, user) for name, (bot, user) in PEOPLE.items()}

    def __getattr__(self, name: str) -> Phone:
        return self.people[name]

    async def run(self, story: Callable[[History], Awaitable[None]]) -> Ending:
        processes = [asyncio.create_task(self._keep_running(index, bots)) for index, bots in enumerate(self.workers)]
        telling = asyncio.create_task(self._tell(story))
        try:
            await asyncio.wait([telling, *processes], return_when=asyncio.FIRST_COMPLETED)
            for task in (telling, *processes):
                if task.done():
                    task.result()
            return await self._ending()
        finally:
            for task in (telling, *processes):
                task.cancel()
            await asyncio.gather(telling, *processes, return_exceptions=True)

    async def _tell(self, story: Callable[[History], Awaitable[None]]) -> None:
        await story(self)
        await self.rests()

    def begins(self) -> None:
        """From now on processes may crash."""
        self.crash.armed = True

    async def rests(self) -> None:
        """Wait until every update is confirmed and every event acknowledged."""
        quiet = 0
        async with asyncio.timeout(PATIENCE):
            while quiet < 3:
                await asyncio.sleep(0.005)
                quiet = quiet + 1 if await self._is_quiet() else 0

    async def chat(self) -> str:
        """The id of the only chat."""
        async with self._redis() as redis:
            (chat,) = await redis.hkeys(KEYS.chats)
        return chat.decode()

    async def has_kept_maps(self) -> None:
        """Wait until a message map is stored in Redis, so that another process can know it."""
        kept: list[bytes] = []
        async with asyncio.timeout(PATIENCE), self._redis() as redis:
            while not kept:
                await asyncio.sleep(0.005)
                kept = await redis.keys(f"{KEYS.tag}:map:*")

    async def _is_quiet(self) -> bool:
        if len(self._running) < len(self.workers):
            return False
        if not all(worker.has_done_everything for worker in self._running.values()):
            return False
        async with self._redis() as redis:
            return not any([await redis.xlen(KEYS.events(bot)) for bot in (RED, BLUE)])

    async def _keep_running(self, index: int, bots: tuple[BotId, ...]) -> None:
        while True:
            process = Process(self.crash)
            worker = Worker(f"worker-{index}", bots, self.telegram, process, SETTINGS)
            ended = asyncio.create_task(process.ended.wait())
            starting = asyncio.create_task(worker.start(self.open_redis(), self.database_uri, forgetful=self.forgetful))
            try:
                await asyncio.wait([starting, ended], return_when=asyncio.FIRST_COMPLETED)
                if starting.done() and not process.dead:
                    starting.result()
                    self._running[index] = worker
                    await ended
            finally:
                self._running.pop(index, None)
                starting.cancel()
                await asyncio.wait([starting])
                await worker.close()
            self.crashes += 1
            self.after_crash()

    async def _ending(self) -> Ending:
        users = [phone.user for phone in self.people.values()]
        async with self._redis() as redis:
            answers = await RedisPool(redis, KEYS, LiveConfiguration(Configuration.of(SETTINGS))).decide(
                [GetStatus(user=user) for user in users]
            )
        chats, searches, parted, reports = await self._records()
        return Ending(
            phones={name: [text for text in phone.shows if text != OFFER] for name, phone in self.people.items()},
            replies={name: [each.reply_to for each in phone.shown if each.reply_to] for name, phone in self.people.items()},
            offers={name: phone.shows.count(OFFER) for name, phone in self.people.items()},
            places={name: type(answer).__name__ for name, answer in zip(self.people, answers, strict=True)},
            chats=chats,
            parted=parted,
            reports=reports,
            searches=searches,
        )

    async def _records(self) -> tuple[list[Chat], list[int], list[tuple[int, int, str]], list[tuple[int, int, str]]]:
        database = await open_database(self.database_uri, pool_size=1)
        try:
            async with database.connection() as connection:
                rows = await (await connection.execute("SELECT first_user, second_user, why FROM chats")).fetchall()
                noted = await (await connection.execute("SELECT user_id FROM searches")).fetchall()
                parted = await (await connection.execute("SELECT user_id, other_id, why FROM blocks")).fetchall()
                reports = await (await connection.execute("SELECT reporter_id, reported_id, reason FROM reports")).fetchall()
        finally:
            await database.close()
        # After a report, the worker of the reported one is told "blocked": who records the end first says how it is named.
        chats = sorted((Chat(first, second, "blocked" if why == "reported" else why) for first, second, why in rows), key=str)
        return chats, sorted(row[0] for row in noted), sorted(map(tuple, parted)), sorted(map(tuple, reports))

    @asynccontextmanager
    async def _redis(self):
        client = self.open_redis()
        try:
            yield client
        finally:
            await client.aclose()


def in_memory() -> tuple[Open, Callable[[], None]]:
    """(makes a client of a Redis in memory that outlives the processes, deletes all its data)."""
    server = [FakeServer(version=(7,))]

    def forget() -> None:
        server[0] = FakeServer(version=(7,))

    return lambda: FakeAsyncRedis(server=server[0], protocol=2), forget


async def populate(uri: str) -> None:
    """Migrate the database and store a profile for everybody."""
    database = await open_database(uri, pool_size=1)
    try:
        await migrate(database)
        for _, user in PEOPLE.values():
            await keep(database, Profile(user=user, gender=Gender.FEMALE, age=25))
    finally:
        await database.close()


async def clear(uri: str) -> None:
    """Delete all chats and searches."""
    database = await open_database(uri, pool_size=1)
    try:
        async with database.connection() as connection:
            await connection.execute("DELETE FROM chats")
            await connection.execute("DELETE FROM searches")
    finally:
        await database.close()
