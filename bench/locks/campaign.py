"""The campaign: an installation at which people lock chats, and what befalls it meanwhile. The seed decides what happens when."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import time
from typing import Any

from redis.asyncio import Redis

from bench.harness import say
from bench.locks.books import Books, read_books
from bench.locks.handset import Diary, Handset
from bench.locks.person import Person, Town
from bench.locks.verdict import Window
from bench.patience import comes_true, reaches
from bench.relays import FREELY
from bench.townsfolk import GROWN_UP, write_profile
from domain.configuration import LiveConfiguration
from domain.matching.requests import Memory
from domain.model.ids import BotId, UserId
from storage.redis.keys import Keys
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.sql.database import open_database
from storage.sql.payments.credits import SqlCredits
from storage.sql.profiles import SqlProfiles
from tests.servers import PostgresServer, RedisServer, flush
from tests.system.house import House
from transport.sandbox.faults import UPDATES, Fault, Kind
from transport.sandbox.server import Sandbox

BOTS, WORKERS, CONNECTIONS = 4, 2, 4
DURATIONS = '[{"minutes": 1, "credits": 2}, {"minutes": 2, "credits": 3}, {"minutes": 5, "credits": 8}]'
SETTINGS = {
    **FREELY,
    "WORKERS": str(WORKERS),
    "MASQUERADE_TELEGRAM__CALL_TIMEOUT": "2",
    "MASQUERADE_SUPERVISOR__RESTART_BUDGET": "100",
    "MASQUERADE_MATCHING__RECENT_MINUTES": "0.1",
    "MASQUERADE_LOCKS__DURATIONS": DURATIONS,
    "MASQUERADE_TRUST__GATE_SHARE": "1.0",  # nobody is banned: what bans do to locks is no matter of chance
    "MASQUERADE_TRUST__HUMAN_CHECK": "false",
}
FAULTS = (
    Fault(kind=Kind.DUPLICATE, times=3),
    Fault(kind=Kind.REORDER),
    Fault(kind=Kind.PHANTOM_PLACES),
    Fault(kind=Kind.DELAY, method=UPDATES, seconds=1.0),
)
TELL_SECONDS, SETTLE_SECONDS, LONGEST = 10.0, 60.0, 420.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    goal: int
    """Locks."""
    people: int
    credits: int
    """That each has at first."""
    seed: int
    kills: int
    restarts: int
    """Of PostgreSQL, and as many of Redis."""
    wipes: int
    fault_seconds: float
    """Between two faults of Telegram."""

    def disasters(self) -> Iterator[tuple[float, str]]:
        """(share of the goal after which it happens, disaster), in order."""
        rand = random.Random(self.seed)
        wanted = {"kill": self.kills, "postgres": self.restarts, "redis": self.restarts, "wipe": self.wipes}
        yield from sorted((rand.uniform(0.05, 0.95), what) for what, count in wanted.items() for _ in range(count))


class Campaign:
    def __init__(self, plan: Plan, folder: Path, sandbox: Sandbox) -> None:
        self.plan = plan
        self._folder = folder / "house"
        self._sandbox = sandbox
        self._random = random.Random(plan.seed)
        self._redis = RedisServer(appendonly=True)
        self.postgres = PostgresServer()
        self.diary = Diary()
        self._town = Town(self.diary)
        self.people: list[Person] = []
        self.done: Counter[str] = Counter()
        self.outages: list[Window] = []
        self.house: House

    async def begin(self) -> None:
        """Return once everybody is registered, and has credits."""
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in (self._redis, self.postgres)))
        bots = [self._sandbox.world.add_bot(f"locks_{number}_bot", "Bench") for number in range(BOTS)]
        self.house = House(
            self._folder,
            TELEGRAM_SERVER=f"127.0.0.1:{self._sandbox.port}",
            TELEGRAM_PUBLIC_KEY=str(self._sandbox.public_key),
            BOT_TOKENS=",".join(bot.token for bot in bots),
            REDIS_URL=self._redis.url,
            POSTGRES_URI=self.postgres.uri,
            **SETTINGS,
        )
        self.house.arguments = ()
        await self.house.start()
        for number in range(self.plan.people):
            user = self._sandbox.world.add_user(f"Person {number}")
            theirs, other = self._random.sample(bots, 2)
            handset = Handset(self._sandbox, user, (theirs, other), self.diary)
            self.people.append(Person(handset, self._town, random.Random(self._random.random())))
        await self._register()
        say(f"{len(self.people)} people are ready; the seed is {self.plan.seed}")

    async def _register(self) -> None:
        database = await open_database(self.postgres.uri, pool_size=CONNECTIONS)
        profiles, credits_ = SqlProfiles(database), SqlCredits(database)
        try:
            for start in range(0, len(self.people), CONNECTIONS):
                phones = [person.phone for person in self.people[start : start + CONNECTIONS]]
                users = [UserId(phone.user.id) for phone in phones]
                await asyncio.gather(*(write_profile(profiles, user, GROWN_UP) for user in users))
                await asyncio.gather(*(credits_.give(user, BotId(0), f"{user}", self.plan.credits) for user in users))
                for phone in phones:
                    phone.purse.receives(self.plan.credits)
        finally:
            await database.close()

    async def go_through(self) -> list[int]:
        """People live until the goal is reached and all has happened, and go home. Returns who could not."""
        tasks = [asyncio.create_task(work) for work in (self._befall(), self._be_faulty(), self._tell())]
        lives = [asyncio.create_task(person.lives()) for person in self.people]
        try:
            async with asyncio.timeout(LONGEST):
                await _first_error(tasks[0], lives)
                while self.diary.locked < self.plan.goal:
                    await _first_error(asyncio.create_task(asyncio.sleep(0.2)), lives)
                self._town.over = True
                await asyncio.gather(*lives)
                tasks[1].cancel()
                self._sandbox.faults.clear()
                await self._all_well()
                return await self._go_home()
        finally:
            self._town.over = True
            for task in (*tasks, *lives):
                task.cancel()
            await asyncio.gather(*tasks, *lives, return_exceptions=True)

    async def _go_home(self) -> list[int]:
        out = await asyncio.gather(*(person.goes() for person in self.people))
        return [person.phone.user.id for person, got_out in zip(self.people, out, strict=True) if not got_out]

    async def _befall(self) -> None:
        """By shares of the locks, not by times, so that slow machines have the same campaign."""
        what: dict[str, Callable[[], Awaitable[None]]] = {
            "kill": self._kill,
            "postgres": partial(self._restart, self.postgres),
            "redis": partial(self._restart, self._redis),
            "wipe": self._wipe,
        }
        for share, disaster in self.plan.disasters():
            await reaches(lambda: self.diary.locked, share * self.plan.goal)
            began = time()
            await what[disaster]()
            self.done[disaster] += 1
            await self._all_well()
            self.outages.append((began, time()))
            say(f"{disaster}: {time() - began:.1f} s")

    async def _kill(self) -> None:
        """In turn, wherever it is with its locks."""
        name = f"worker-{self.done['kill'] % WORKERS + 1}"
        with suppress(ProcessLookupError):
            os.kill(await self.house.pid_of(name), signal.SIGKILL)

    async def _restart(self, server: RedisServer | PostgresServer) -> None:
        await asyncio.to_thread(server.kill)
        await asyncio.to_thread(server.start)

    async def _wipe(self) -> None:
        """While no press waits for long: what a worker that has died had set in the pool, and not booked, goes with the pool."""

        async def nobody_waits() -> bool:
            return not (await self._books()).waits_since(time() - 1.0)

        await comes_true(nobody_waits, every=0.1)
        await asyncio.to_thread(flush, self._redis.url)

    async def _all_well(self) -> None:
        """All bots are served, some by each worker, and the pool has what the records have."""
        await self.house.until(_all_serve, SETTLE_SECONDS)
        async with Redis.from_url(self._redis.url) as redis:
            reconciliation = RedisReconciliation(redis, Keys("main"), LiveConfiguration())

            async def is_intact() -> bool:
                return await reconciliation.memory() is Memory.INTACT

            await comes_true(is_intact, SETTLE_SECONDS, every=0.1)

    async def _be_faulty(self) -> None:
        while True:
            await asyncio.sleep(self.plan.fault_seconds)
            fault = self._random.choice(FAULTS)
            self._sandbox.inflict(Fault(kind=fault.kind, method=fault.method, seconds=fault.seconds, times=fault.times))
            self.done["fault"] += 1

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            diary, chatting = self.diary, sum(person.phone.chats for person in self.people)
            say(
                f"{diary.locked} locks, {len(diary.ended)} told that one is over, {len(diary.kept)} refused; {chatting} chat; "
                f"{dict(self.done)}"
            )

    def since_outage(self, at: float) -> float:
        """Seconds since the last outage before then was over; infinite where there was none."""
        return at - max((end for _, end in self.outages if end <= at), default=float("-inf"))

    async def settled(self) -> Books:
        """The books once all is booked and told, or as they are after `SETTLE_SECONDS`."""

        async def is_settled() -> bool:
            return (await self._books()).settled

        await comes_true(is_settled, SETTLE_SECONDS, every=0.5)
        await asyncio.sleep(1.0)  # what was sent arrives
        return await self._books()

    async def _books(self) -> Books:
        return await asyncio.to_thread(read_books, self.postgres.uri)

    async def end(self) -> None:
        if hasattr(self, "house"):
            await self.house.close()
        await asyncio.gather(*(asyncio.to_thread(server.remove) for server in (self._redis, self.postgres)))


@asynccontextmanager
async def campaign(plan: Plan, folder: Path) -> AsyncIterator[Campaign]:
    async with Sandbox(folder / "sandbox") as sandbox:
        it = Campaign(plan, folder, sandbox)
        try:
            await it.begin()
            yield it
        finally:
            await it.end()


async def _first_error(awaited: asyncio.Task[Any], lives: list[asyncio.Task[None]]) -> None:
    """Wait for it. Raises the error of a life, none of which ends before it."""
    await asyncio.wait([awaited, *lives], return_when=asyncio.FIRST_COMPLETED)
    for task in (awaited, *lives):
        if task.done():
            task.result()


def _all_serve(status: dict[str, Any]) -> bool:
    bots = status.get("bots", [])
    return all(bot["state"] == "serving" for bot in bots) and len({bot["worker"] for bot in bots}) == WORKERS
