"""Compares the relay of the whole application, over MTProto and with real stores, with two minimal bots that only relay."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import uvloop

from bench.chatters import KINDS, Chatters, Kind, text
from bench.harness import Bar, Figures, take_turns
from bench.relays import Relay, bare_bot, worker
from bench.sessions import percentile
from tests.servers import find_postgres, find_redis
from transport.sandbox.server import Sandbox

NAME = "relay"
ABOUT = "messages through the whole application beside bare relay bots: stock Kurigram, and our own transport"
BARS = {"ratio": Bar(at_least=3), "raw_ratio": Bar(at_least=0.85), "p99_ms": Bar(at_most=15)}

PEOPLE = 200
"""At each relay, in pairs who all talk at once."""
ROUNDS = 7
ROUND_SECONDS = 1.5
KIND_ROUNDS = 3
KIND_SECONDS = 0.5
LATENCY_ROUNDS = 5
LATENCY_SECONDS = 4.0
LONGEST = 290


def run() -> Figures:
    """Runs in a separate process, in which the sandbox runs too: messages are sent and counted there."""
    child = subprocess.run([sys.executable, "-m", "bench.relay"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST)
    figures: Figures = json.loads(child.stdout)
    return figures


class Scene:
    """The sandbox, its people, and the three relays. All run until the end; one at a time is busy."""

    def __init__(self, folder: Path, stores: dict[str, str], rivals: Sequence[str] = ("stock", "own")) -> None:
        self._folder = folder
        self._stores = stores
        self._rivals = rivals
        self.sandbox = Sandbox(folder / "sandbox")
        self.people: dict[str, Chatters] = {}
        self.relays: dict[str, Relay] = {}

    async def start(self) -> None:
        await self.sandbox.__aenter__()
        for name in ("ours", *self._rivals):
            bot = self.sandbox.world.add_bot(f"{name}_bench_bot", name)
            self.people[name] = Chatters(self.sandbox, bot, PEOPLE)
        self.relays["ours"] = await worker(self.sandbox.endpoint, [self.people["ours"].bot.token], self._folder, self._stores)
        for name in self._rivals:
            self.relays[name] = await bare_bot(name, self.sandbox, self.people[name], self._folder)
            self.people[name].greet()
        await self.people["ours"].meet()
        gc.collect()
        gc.freeze()  # as the sandbox's own process does

    async def talk(self, name: str, kind: Kind, seconds: float) -> float:
        return await self.people[name].talk(kind, seconds)

    async def stop(self) -> None:
        await asyncio.gather(*(relay.stop() for relay in self.relays.values()))
        await self.sandbox.__aexit__(None, None, None)


def measure(run: Callable[[Any], Any], scene: Scene) -> Figures:
    def case(name: str, kind: Kind, seconds: float) -> Callable[[], float]:
        return lambda: run(scene.talk(name, kind, seconds))

    used = {name: relay.cpu_seconds for name, relay in scene.relays.items()}
    series = take_turns({name: case(name, text, ROUND_SECONDS) for name in scene.relays}, rounds=ROUNDS)
    per_message = {
        name: (relay.cpu_seconds - used[name]) / (series.median(name) * ROUND_SECONDS * ROUNDS)
        for name, relay in scene.relays.items()
    }
    per_s = series.median("ours")
    kinds = {"text": float(round(per_s))}
    others = {name: case("ours", kind, KIND_SECONDS) for name, kind in KINDS.items() if name != "text"}
    of_kind = take_turns(others, rounds=KIND_ROUNDS)
    kinds |= {name: float(round(of_kind.median(name))) for name in others}
    took = [run(scene.people["ours"].talk_at(text, per_s / 2, LATENCY_SECONDS)) for _ in range(LATENCY_ROUNDS)]
    return {
        "ratio": round(series.ratio("ours", "stock"), 2),
        "raw_ratio": round(series.ratio("ours", "own"), 2),
        "per_s": round(per_s),
        "stock_per_s": round(series.median("stock")),
        "raw_per_s": round(series.median("own")),
        "p50_ms": round(percentile(took, 50) * 1000, 2),
        "p99_ms": round(percentile(took, 99) * 1000, 2),
        **{f"{name}_cpu_us": round(seconds * 1e6) for name, seconds in per_message.items()},
        "kinds": kinds,
    }


def main() -> None:
    postgres, redis = find_postgres(), find_redis()
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        try:
            postgres.start()
            redis.start()
            stores = {"POSTGRES_URI": postgres.new_database(), "REDIS_URL": redis.new_database()}
            print(json.dumps(measured(Path(folder), stores)))
        finally:
            postgres.remove()
            redis.remove()


def measured(folder: Path, stores: dict[str, str]) -> Figures:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        scene = runner.run(_opened(folder, stores))
        try:
            return measure(runner.run, scene)
        finally:
            runner.run(scene.stop())


async def _opened(folder: Path, stores: dict[str, str]) -> Scene:
    scene = Scene(folder, stores)
    await scene.start()
    return scene


if __name__ == "__main__":
    main()
