"""Measures one, two and four workers on one Redis and PostgreSQL. Half of the chats cross from one process to another."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import uvloop
from redis.asyncio import Redis

from bench.harness import Bar, Figures, say
from bench.relays import CODE, STOP_SECONDS, Relay, worker
from tests.servers import find_postgres, find_redis

NAME = "cluster"
ABOUT = "messages through one, two and four workers, and what a message costs that crosses from one to another"

CORES = len(os.sched_getaffinity(0))
BARS = {"cross_cost": Bar(at_most=2.5), **({"two_by_one": Bar(at_least=1.6)} if CORES >= 4 else {})}
"""Two workers are faster than one only if each has a core, and the sandbox and Redis have one each."""

BOTS = 4
"""Total, for any number of workers."""
PEOPLE = 200
"""Total, in pairs. With more than one worker, every second pair crosses."""
ROUNDS = 7
ROUND_SECONDS = 1.5
PATIENCE = 30.0
LONGEST = 290

Json = dict[str, Any]


def run() -> Figures:
    """Runs in a separate process."""
    child = subprocess.run(
        [sys.executable, "-m", "bench.cluster"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST
    )
    figures: Figures = json.loads(child.stdout)
    return figures


class District:
    """A child process that runs `bench.district`."""

    def __init__(self, process: Process, endpoint: Json) -> None:
        self._process = process
        self.endpoint = endpoint

    @classmethod
    async def opened(cls, folder: Path, **order: int) -> District:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bench.district",
            json.dumps({"folder": str(folder), **order}),
            stdin=PIPE,
            stdout=PIPE,
            cwd=CODE,
        )
        return cls(process, await _answer_of(process))

    async def ask(self, do: str, **order: Any) -> Json:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **order}).encode() + b"\n")
        return await _answer_of(self._process)

    async def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await asyncio.wait_for(self._process.wait(), STOP_SECONDS)


async def _answer_of(process: Process) -> Json:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError("a district of the sandbox ended")
    answer: Json = json.loads(line)
    return answer


class Person(NamedTuple):
    """A person, by district and number in it."""

    district: int
    number: int


def pairs(districts: int, people: int) -> Iterator[tuple[Person, Person]]:
    """All pairs of people. Every second pair crosses to the neighbouring district if there is one."""
    for number in range(0, people, 2):
        for district in range(districts):
            one, other = Person(district, number), Person(district, number + 1)
            if districts == 1 or number % 4 == 0:
                yield one, other
            elif district % 2 == 0:
                yield one, Person(district + 1, number)
                yield other, Person(district + 1, number + 1)


@dataclass(slots=True, kw_only=True)
class Talk:
    """The figures of one round."""

    rate: float
    """Messages a second."""
    worker_us: float
    redis_us: float
    """CPU time per message in microseconds."""


@dataclass(slots=True)
class Layout:
    """Workers of one pool, each with its own district (sandbox, bots and people)."""

    size: int
    districts: list[District] = field(default_factory=list)
    workers: list[Relay] = field(default_factory=list)
    local: list[tuple[Person, Person]] = field(default_factory=list)
    crossing: list[tuple[Person, Person]] = field(default_factory=list)

    async def open(self, folder: Path, stores: Mapping[str, str]) -> None:
        bots, people = BOTS // self.size, PEOPLE // self.size
        for number in range(self.size):
            district = await District.opened(folder / f"telegram-{number}", number=number, bots=bots, people=people)
            self.districts.append(district)
            name = f"worker-{number + 1}"
            self.workers.append(await worker(district.endpoint, district.endpoint["tokens"], folder, stores, name=name))
        await asyncio.gather(*(district.ask("greet") for district in self.districts))
        for one, other in pairs(self.size, people):
            await self._meet(one, other)
            (self.local if one.district == other.district else self.crossing).append((one, other))

    async def _meet(self, one: Person, other: Person) -> None:
        """Let two people find each other. Nobody else searches at that time."""
        here, there = self.districts[one.district], self.districts[other.district]
        await here.ask("find", person=one.number)
        await there.ask("find", person=other.number)
        await here.ask("met", person=one.number)

    async def talk(self, chats: Iterable[tuple[Person, Person]], redis: Redis) -> Talk:
        """Everybody answers each message at once, so two messages are under way in each chat."""
        speakers = [person for pair in chats for person in pair]
        before = self._cpu_seconds, await _cpu_seconds(redis)
        began = perf_counter()
        for number, district in enumerate(self.districts):
            people = [person.number for person in speakers if person.district == number]
            await district.ask("talk", people=people, seconds=ROUND_SECONDS)
        await asyncio.sleep(ROUND_SECONDS)
        heard, last = await self._all_heard()
        spent = self._cpu_seconds - before[0], await _cpu_seconds(redis) - before[1]
        return Talk(rate=heard / (last - began), worker_us=spent[0] / heard * 1e6, redis_us=spent[1] / heard * 1e6)

    async def _all_heard(self) -> tuple[int, float]:
        """(number of messages, time of the last one), once all have arrived. A lost message ends the bench with an error."""
        async with asyncio.timeout(PATIENCE):
            while True:
                tallies = [await district.ask("tally") for district in self.districts]
                said, heard = (sum(tally[what] for tally in tallies) for what in ("said", "heard"))
                if said == heard:
                    return heard, max(tally["last"] for tally in tallies)
                await asyncio.sleep(0.02)

    @property
    def _cpu_seconds(self) -> float:
        return sum(worker.cpu_seconds for worker in self.workers)

    async def close(self) -> None:
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        await asyncio.gather(*(district.close() for district in self.districts))


async def _cpu_seconds(redis: Redis) -> float:
    """CPU time of the Redis server so far."""
    used: Json = await redis.info("cpu")
    return float(used["used_cpu_user"]) + float(used["used_cpu_sys"])


async def measure(folder: Path, databases: Iterable[str], redis_url: str) -> Figures:
    layouts = {name: Layout(size) for name, size in (("one", 1), ("two", 2), ("four", 4))}
    async with Redis.from_url(redis_url) as redis:
        try:
            for (name, layout), database in zip(layouts.items(), databases, strict=True):
                say(f"{layout.size} workers, {PEOPLE} people")
                stores = {"POSTGRES_URI": database, "REDIS_URL": redis_url, "MASQUERADE_CLUSTER__POOL": name}
                await layout.open(folder / name, stores)
            return await figures(layouts, redis)
        finally:
            await asyncio.gather(*(layout.close() for layout in layouts.values()))


async def figures(layouts: dict[str, Layout], redis: Redis) -> Figures:
    two = layouts["two"]
    cases = {name: (layout, layout.local + layout.crossing) for name, layout in layouts.items()}
    cases |= {"local": (two, two.local), "crossing": (two, two.crossing)}
    talks: dict[str, list[Talk]] = {name: [] for name in cases}
    for number in range(1, ROUNDS + 1):
        for name, (layout, chats) in cases.items():
            talks[name].append(await layout.talk(chats, redis))
        say(f"round {number} of {ROUNDS}: " + ", ".join(f"{name} {rounds[-1].rate:,.0f}" for name, rounds in talks.items()))
    rates = {name: median(talk.rate for talk in talks[name]) for name in cases}
    costs = zip(talks["local"], talks["crossing"], strict=True)
    return {
        **{name: round(rates[name]) for name in layouts},
        "cores": CORES,
        "cross_cost": round(median(crossing.worker_us / local.worker_us for local, crossing in costs), 2),
        "two_by_one": round(rates["two"] / rates["one"], 2),
        **{f"{name}_us": round(median(talk.worker_us for talk in talks[name])) for name in ("local", "crossing")},
        **{f"{name}_redis_us": round(median(talk.redis_us for talk in talks[name])) for name in ("local", "crossing")},
    }


def main() -> None:
    postgres, redis = find_postgres(), find_redis()
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        try:
            postgres.start()
            redis.start()
            databases = [postgres.new_database() for _ in range(3)]
            print(json.dumps(uvloop.run(measure(Path(folder), databases, redis.new_database()))))
        finally:
            postgres.remove()
            redis.remove()


if __name__ == "__main__":
    main()
