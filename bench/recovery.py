"""Ten thousand live chats while workers and Redis are killed and connections cut. Checks that no message is lost, doubled or
reordered, and that phones, pool and records agree in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

import uvloop
from redis.asyncio import Redis

from bench.harness import Bar, Figures, say
from bench.limbo import in_limbo, places_in_pool, places_in_records
from bench.relays import FREELY
from bench.townsfolk import GROWN_UP, MINOR, Townsfolk, write_profile
from control.client import SupervisorClient
from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.ids import UserId
from domain.status import Status
from storage.redis.keys import Keys
from storage.redis.pool.pool import RedisPool
from storage.sql.chats import SqlChats
from storage.sql.database import Database, open_database
from storage.sql.profiles import SqlProfiles
from storage.sql.searches import SqlSearches
from tests.servers import PostgresServer, RedisServer
from tests.system.house import House
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.server import Sandbox

NAME = "recovery"
ABOUT = "10,000 live chats while workers are killed, Redis is restarted and connections are cut"
BARS = {
    "chats": Bar(at_least=10_000),
    "relayed": Bar(at_least=100_000),
    "lost": Bar(at_most=0),
    "duplicated": Bar(at_most=0),
    "reordered": Bar(at_most=0),
    "astray": Bar(at_most=0),
    "unanswered": Bar(at_most=0),
    "limbo": Bar(at_most=0),
    "takeover_s": Bar(at_most=5),
}

CHATS = 10_000
MESSAGES = 100_000
WALKERS = 400
BOTS = 8
WORKERS = 2
KILLS, CUTS = 5, 10
AT_ONCE = 250
"""Messages under way, or people who are finding a partner."""
MOST_UNDER_WAY = 1500
"""The same, with the messages that are delayed."""
CONNECTIONS = 4
"""Database connections of the bench."""
TELL_SECONDS = 5.0
WALK_SECONDS = 0.05
SETTLE_SECONDS = 60.0
REST_SECONDS = 10.0
"""Seconds from the end until phones, Redis and SQL are compared."""
TAKEOVER_SECONDS = 60.0
LONGEST = 1200

SETTINGS = {
    **FREELY,
    "WORKERS": str(WORKERS),
    "MASQUERADE_SUPERVISOR__START_SECONDS": "60",
    "MASQUERADE_SUPERVISOR__RESTART_BUDGET": "100",
}


def run() -> Figures:
    """Runs in a separate process, in which the sandbox runs too: messages are sent and counted there."""
    child = subprocess.run(
        [sys.executable, "-m", "bench.recovery"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST
    )
    figures: Figures = json.loads(child.stdout)
    return figures


@dataclass(slots=True, kw_only=True)
class Takeover:
    """A worker that was killed, and how long each of its bots was silent."""

    silent: set[int]
    since: float
    """By `monotonic`."""
    seconds: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def passes(self, bots: set[int], said: float) -> None:
        """A message passed through these bots. One sent before the kill does not show that a bot is back."""
        if said <= self.since:
            return
        for bot in bots & self.silent:
            self.silent.remove(bot)
            self.seconds.append(monotonic() - self.since)
        if not self.silent:
            self.over.set()


class Day:
    """The course of the bench: a sandbox with people, an installation, and the disasters."""

    def __init__(self, folder: Path, sandbox: Sandbox, *, chats: int, messages: int) -> None:
        self._sandbox = sandbox
        self._chats = chats
        self._messages = messages
        """At least so many: people talk until all disasters are over."""
        self._random = random.Random(2)
        self._redis_server = RedisServer(appendonly=True)
        self._postgres = PostgresServer()
        self._folder = folder / "house"
        self._takeovers: list[Takeover] = []
        self._befallen = asyncio.Event()
        self._done: Counter[str] = Counter()
        bots = [sandbox.world.add_bot(f"recovery_{number}_bot", "Bench") for number in range(BOTS)]
        self._tokens = [bot.token for bot in bots]
        self.people = Townsfolk(sandbox, bots, talkers=2 * chats, walkers=WALKERS, heard=self._heard)

    async def begin(self) -> None:
        """Start everything. Afterwards everybody is registered, and every talker is in a chat."""
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in (self._redis_server, self._postgres)))
        self.house = House(
            self._folder,
            TELEGRAM_SERVER=f"127.0.0.1:{self._sandbox.port}",
            TELEGRAM_PUBLIC_KEY=str(self._sandbox.public_key),
            BOT_TOKENS=",".join(self._tokens),
            REDIS_URL=self._redis_server.url,
            POSTGRES_URI=self._postgres.uri,
            **SETTINGS,
        )
        self.house.arguments = ()
        await self.house.start()
        self._supervisor = SupervisorClient(self._folder / "var")
        await self._all_well()
        say("the installation is running")
        async with self._database() as database:
            await self._register(database)
        say("all are registered")
        await self._pair_up()

    async def _register(self, database: Database) -> None:
        """Writes the profiles directly to the database, because registration is not measured here."""
        profiles = SqlProfiles(database)
        ages = [(user.id, GROWN_UP) for user in self.people.talkers] + [(user.id, MINOR) for user in self.people.walkers]
        for start in range(0, len(ages), CONNECTIONS):
            some = ages[start : start + CONNECTIONS]
            await asyncio.gather(*(write_profile(profiles, UserId(user), age) for user, age in some))

    async def _pair_up(self) -> None:
        began, reported = monotonic(), 0.0
        for number, user in enumerate(self.people.talkers, 1):
            self.people.seek(user)
            await _until(partial(self._few_are_finding, number), SETTLE_SECONDS, "people find each other")
            if monotonic() - reported > TELL_SECONDS:
                reported = monotonic()
                say(f"{self.people.paired // 2:,} of {self._chats:,} chats")
        await _until(lambda: self.people.paired == len(self.people.talkers), SETTLE_SECONDS, "everybody has a partner")
        say(f"{self._chats:,} chats after {monotonic() - began:.0f} s")

    async def go_through(self) -> float:
        """Run the day. Returns the seconds until all messages were sent and had arrived."""
        began = monotonic()
        walking = asyncio.create_task(self._walk())
        telling = asyncio.create_task(self._tell())
        try:
            await asyncio.gather(self._talk(), self._befall())
            walking.cancel()
            await _until(lambda: not (self.people.audit.under_way or self.people.unanswered), SETTLE_SECONDS, "")
        finally:
            for task in (walking, telling):
                task.cancel()
        return monotonic() - began

    async def _talk(self) -> None:
        """Talkers write as fast as possible, and go on during an outage up to `MOST_UNDER_WAY` messages."""
        while self.people.said < self._messages or not self._befallen.is_set():
            for _ in range(10):
                if self.people.hurried() < AT_ONCE and self.people.under_way < MOST_UNDER_WAY:
                    self.people.speak()
            await asyncio.sleep(0.002)

    def _said_share(self, share: float) -> bool:
        return self.people.said >= share * self._messages

    def _few_are_finding(self, sought: int) -> bool:
        return sought - self.people.paired <= AT_ONCE

    async def _walk(self) -> None:
        while True:
            self.people.walk()
            await asyncio.sleep(WALK_SECONDS)

    async def _befall(self) -> None:
        """Disasters happen after shares of the messages, not at times, so that slow machines have the same day."""
        for share, disaster in disasters():
            await _until(partial(self._said_share, share), LONGEST, "so much is said")
            await {"kill": self._kill, "cut": self._cut, "restart": self._restart}[disaster]()
            self._done[disaster] += 1
        for takeover in self._takeovers:
            await asyncio.wait_for(takeover.over.wait(), TAKEOVER_SECONDS)
        self._befallen.set()

    async def _kill(self) -> None:
        """Kill the workers in turn, each when the one before is back and the bots are distributed again."""
        name = f"worker-{self._done['kill'] % WORKERS + 1}"
        for takeover in self._takeovers:
            await asyncio.wait_for(takeover.over.wait(), TAKEOVER_SECONDS)
        status = await self._all_well()
        pid = next(process.pid for process in status.processes if process.name == name)
        bots = {bot.id for bot in status.bots if bot.worker == name}
        os.kill(pid, signal.SIGKILL)
        self._takeovers.append(Takeover(silent=bots, since=monotonic()))

    async def _all_well(self) -> Status:
        """Wait until all bots are served, some by each worker. A bot that was never connected gets no earlier messages."""
        async with asyncio.timeout(TAKEOVER_SECONDS):
            while True:
                status = await self._status()
                if status is not None and _all_serve(status):
                    return status
                await asyncio.sleep(0.05)

    async def _status(self) -> Status | None:
        """None if the supervisor is too busy to answer."""
        try:
            return await self._supervisor.status()
        except Unavailable:
            return None

    async def _cut(self) -> None:
        """Cut the connections of one bot or of all."""
        bot = self._random.choice([None, *self._sandbox.world.bots])
        self._sandbox.inflict(Fault(kind=Kind.DROP, bot=bot, seconds=self._random.choice((0.0, 0.5))))

    async def _restart(self) -> None:
        """Kill Redis and start it again with its append-only file."""
        await asyncio.to_thread(self._redis_server.kill)
        await asyncio.to_thread(self._redis_server.start)

    def _heard(self, speaker: int, listener: int, said: float) -> None:
        for takeover in self._takeovers[-1:]:
            takeover.passes({self.people.bot_of[user].id for user in (speaker, listener)}, said)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(TELL_SECONDS)
            people, done = self.people, self._done
            say(
                f"{people.audit.crossed:,} of {self._messages:,} relayed, {people.under_way:,} under way; "
                f"kills {done['kill']}/{KILLS}, restarts {done['restart']}/1, cuts {done['cut']}/{CUTS}"
            )

    async def judge(self) -> Figures:
        await asyncio.sleep(REST_SECONDS)
        limbo = await self._limbo()
        verdict = self.people.audit.verdict()
        say(f"{verdict}; limbo: {list(limbo.items())[:5]}; oddities: {self.people.oddities[:5]}")
        times = [seconds for takeover in self._takeovers for seconds in takeover.seconds]
        return {
            "chats": self.people.paired // 2,
            "relayed": verdict.heard,
            "lost": len(verdict.lost),
            "told": len(verdict.told),
            "duplicated": len(verdict.doubled),
            "reordered": len(verdict.reordered),
            "astray": len(verdict.astray),
            "unanswered": len(self.people.unanswered),
            "limbo": len(limbo),
            "takeover_s": round(median(times), 2),
            "slowest_takeover_s": round(max(times), 2),
            "oddities": len(self.people.oddities),
        }

    async def _limbo(self) -> dict[int, str]:
        users = [UserId(user) for user in self.people.places]
        async with self._database() as database, Redis.from_url(self._redis_server.url) as redis:
            pool = await places_in_pool(RedisPool(redis, Keys("main"), LiveConfiguration()), users)
            records = await places_in_records(SqlChats(database), SqlSearches(database), users)
        return in_limbo(self.people.places, pool, records)

    @asynccontextmanager
    async def _database(self) -> Any:
        database = await open_database(self._postgres.uri, pool_size=CONNECTIONS)
        try:
            yield database
        finally:
            await database.close()

    async def end(self) -> None:
        if hasattr(self, "house"):
            await self.house.close()
        await asyncio.gather(*(asyncio.to_thread(server.remove) for server in (self._redis_server, self._postgres)))


def disasters() -> Iterator[tuple[float, str]]:
    """(share of the messages after which it happens, disaster)."""
    kills = [(0.1 + 0.17 * number, "kill") for number in range(KILLS)]
    cuts = [(0.05 + 0.09 * number, "cut") for number in range(CUTS)]
    yield from sorted([*kills, *cuts, (0.52, "restart")])


def _all_serve(status: Status) -> bool:
    served = all(bot.state == "serving" for bot in status.bots)
    return status.healthy and served and len({bot.worker for bot in status.bots}) == WORKERS


async def _until(true: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait for a condition. After `seconds`, raises TimeoutError if `what` is given, else returns: the audit will tell."""
    try:
        async with asyncio.timeout(seconds):
            while not true():  # noqa: ASYNC110 - too many places would have to notify
                await asyncio.sleep(0.01)
    except TimeoutError:
        if what:
            raise TimeoutError(f"not within {seconds:.0f} s: {what}") from None


async def measure(folder: Path, *, chats: int, messages: int) -> Figures:
    async with Sandbox(folder / "sandbox") as sandbox:
        day = Day(folder, sandbox, chats=chats, messages=messages)
        try:
            await day.begin()
            gc.collect()
            gc.freeze()  # as the sandbox's own process does
            seconds = await day.go_through()
            return {**await day.judge(), "talk_s": round(seconds, 1)}
        finally:
            await day.end()


def main() -> None:
    parser = argparse.ArgumentParser(description="A shorter day than that of `python -m bench recovery`.")
    parser.add_argument("--chats", type=int, default=CHATS)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        print(json.dumps(uvloop.run(measure(Path(folder), chats=options.chats, messages=options.messages))))


if __name__ == "__main__":
    main()
