"""Estimates how many bots, workers, Redis nodes and database connections a number of users needs, from costs that other benches
measured (`Costs`). It also simulates the way of a message: costs are measured at one load, the rate at another load is predicted,
and the prediction is compared with a measurement.
"""

from __future__ import annotations

import heapq
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections import deque
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import uvloop

from bench.chatters import text
from bench.harness import Bar, Figures, say
from bench.relay import PEOPLE, Scene
from bench.relays import held_seconds
from tests.servers import find_postgres, find_redis

NAME = "capacity"
ABOUT = "what 10 thousand to 10 million users will need (estimated), and a simulation checked at a load it was not made by"
BARS = {"deviation": Bar(at_most=0.25)}

SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000, "10M": 10_000_000}
ROUNDS = 5
ROUND_SECONDS = 3.0
PREDICTED = PEOPLE // 2
"""Messages under way at the load that is predicted. The costs are measured while all people talk."""
SIMULATED = 60_000
"""Number of simulated messages."""
LONGEST = 290


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What users do in the busiest hour."""

    online: float = 0.05
    """Share of all users."""
    chatting: float = 0.7
    """Share of the users online; the others search or read."""
    messages_a_minute: float = 4.0
    """Per user who chats."""
    searches_an_hour: float = 6.0
    """Per user online."""
    notices: float = 4.0
    """Messages of the bot per search: its beginning, the partner found, the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """CPU in microseconds, as other benches measured them on one machine (docs/scaling.md), and one estimate."""

    local: float = 540.0
    crossing: float = 1000.0
    """Both workers together."""
    search: float = 4000.0
    """One worker, with everything that follows from a search. Estimated from the time that many searches took together."""
    redis_crossing: float = 110.0
    redis_find: float = 110.0
    session_kb: float = 5.3
    worker_mb: float = 106.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    bot_per_s: float = 30.0
    """Telegram's limit for one bot. (That of one chat is 1 a second.)"""
    busy: float = 0.6
    """Highest average load of a core, a node or a bot, which leaves room for peaks of some seconds."""
    worker_sessions: int = 50_000
    pool_connections: int = 4
    """Database connections of a worker (`stores.pool_size`)."""


def needed(users: int, habits: Habits, costs: Costs, limits: Limits) -> dict[str, float]:
    online = users * habits.online
    messages = online * habits.chatting * habits.messages_a_minute / 60
    searches = online * habits.searches_an_hour / 3600
    sends = messages + searches * habits.notices
    workers = _workers(online, messages, searches, costs, limits)
    crossing = messages * (1 - 1 / workers)
    redis = (crossing * costs.redis_crossing + searches * costs.redis_find) / 1e6
    return {
        "messages_per_s": round(messages, 1),
        "searches_per_s": round(searches, 2),
        "bots": math.ceil(sends / (limits.bot_per_s * limits.busy)),
        "workers": workers,
        "redis_nodes": math.ceil(redis / limits.busy),
        "redis_cores": round(redis, 3),
        "db_connections": workers * limits.pool_connections,
        "worker_mb": round(costs.worker_mb + online / workers * costs.session_kb / 1024),
    }


def _workers(online: float, messages: float, searches: float, costs: Costs, limits: Limits) -> int:
    """With n workers, a share of 1 - 1/n of the messages crosses to another worker, because partners are at random workers."""
    workers = 1
    while True:
        crossing = 1 - 1 / workers
        used = messages * (costs.local + crossing * (costs.crossing - costs.local)) + searches * costs.search
        wanted = max(math.ceil(used / 1e6 / limits.busy), math.ceil(online / limits.worker_sessions))
        if wanted <= workers:
            return workers
        workers += 1 if wanted - workers < 10 else (wanted - workers) // 2


class Station:
    """One core that serves messages in order. `mean` is the mean service time in seconds."""

    def __init__(self, mean: float) -> None:
        self.mean = mean
        self.queue: deque[int] = deque()


def simulated_rate(telegram: float, worker: float, people: int, *, seed: int = 1) -> float:
    """Messages a second if everybody answers at once: `people` messages circulate between the data centre and the worker.
    `telegram` and `worker` are mean service times in seconds; service times are exponentially distributed.
    """
    chance = random.Random(seed)
    stations = (Station(telegram), Station(worker))
    stations[0].queue.extend(range(people))
    due = [(chance.expovariate(1 / telegram), 0)]
    now, served = 0.0, 0
    while served < SIMULATED:
        now, at = heapq.heappop(due)
        here, there = stations[at], stations[1 - at]
        there.queue.append(here.queue.popleft())
        served += at
        for index, station in ((at, here), (1 - at, there)):
            begins = len(station.queue) > 0 if station is here else len(station.queue) == 1
            if begins:
                heapq.heappush(due, (now + chance.expovariate(1 / station.mean), index))
    return served / now


async def measured(folder: Path, stores: dict[str, str]) -> Figures:
    scene = Scene(folder, stores, rivals=())
    await scene.start()
    try:
        return await _measured(scene)
    finally:
        await scene.stop()


async def _measured(scene: Scene) -> Figures:
    people, worker = scene.people["ours"], scene.relays["ours"]
    await people.talk(text, ROUND_SECONDS)
    real, predicted, worker_us = [], [], []
    for number in range(1, ROUNDS + 1):
        before, used = (held_seconds(os.getpid()), worker.held_seconds), worker.cpu_seconds
        fitted = await people.talk(text, ROUND_SECONDS)
        messages = fitted * ROUND_SECONDS
        telegram_s, worker_s = (held_seconds(os.getpid()) - before[0]) / messages, (worker.held_seconds - before[1]) / messages
        worker_us.append((worker.cpu_seconds - used) / messages * 1e6)
        real.append(await people.talk(text, ROUND_SECONDS, begin=PREDICTED))
        predicted.append(simulated_rate(telegram_s, worker_s, PREDICTED))
        say(
            f"round {number} of {ROUNDS}: {fitted:,.0f} messages/s with {PEOPLE} under way; "
            f"with {PREDICTED} predicted {predicted[-1]:,.0f}, measured {real[-1]:,.0f}"
        )
    deviations = [abs(guess / rate - 1) for guess, rate in zip(predicted, real, strict=True)]
    return {
        "measured_per_s": round(median(real)),
        "simulated_per_s": round(median(predicted)),
        "deviation": round(median(deviations), 3),
        "worker_us": round(median(worker_us)),
        "by_other_benches": {name: cost for name, cost in asdict(Costs()).items() if name != "search"},
        "estimated": {"search": Costs().search, **asdict(Habits())},
    }


def tables() -> dict[str, dict[str, float]]:
    return {name: needed(users, Habits(), Costs(), Limits()) for name, users in SIZES.items()}


def run() -> Figures:
    """Runs in a separate process, in which the sandbox runs too."""
    child = subprocess.run(
        [sys.executable, "-m", "bench.capacity"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST
    )
    figures: Figures = json.loads(child.stdout)
    return figures


def main() -> None:
    postgres, redis = find_postgres(), find_redis()
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        try:
            postgres.start()
            redis.start()
            stores = {"POSTGRES_URI": postgres.new_database(), "REDIS_URL": redis.new_database()}
            point: Any = uvloop.run(measured(Path(folder), stores))
        finally:
            postgres.remove()
            redis.remove()
    print(json.dumps({**point, **tables()}))


if __name__ == "__main__":
    main()
