"""Measures how long a saved setting takes to be in force in the slower of two workers, and the relay's latency meanwhile."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from time import perf_counter

import uvloop

from bench.chatters import Chatters, text
from bench.harness import Bar, Figures, say
from bench.relays import CODE, FREELY, STOP_SECONDS
from bench.sessions import percentile
from control.client import SupervisorClient
from control.settings.live import ConfigurationEditor
from control.settings.loading import read
from domain.errors import Unavailable
from domain.ports.review import Operator
from domain.status import Status
from storage.sql.configurations import SqlConfigurations
from storage.sql.database import open_database
from tests.servers import find_postgres, find_redis, free_ports
from transport.sandbox.server import Sandbox

NAME = "config"
ABOUT = "from the save of a setting until it is in force in the slowest of two workers under load, and the relay meanwhile"
BARS = {"change_ms": Bar(at_most=1000), "p99_ms": Bar(at_most=50)}

PEOPLE = 100
"""At each of two bots, in pairs."""
RATE = 150.0
"""Messages a second, at each bot."""
ROUNDS = 5
"""Each round is once without changes and once with them."""
SECONDS = 4.0
PAUSE = 0.25
"""Seconds between two changes, each in another section than the last."""
START_SECONDS = 60.0
LONGEST = 290

CHANGES = (
    ("profile.max_age", "99", "98"),
    ("pacing.chat_burst", "999999", "1000000"),
    ("matching.rescan_seconds", "4", "5"),
    ("channels.when_unverifiable", "closed", "open"),
)
"""(setting, two values between which it changes). None of them delays messages."""


def run() -> Figures:
    """Runs in a separate process, in which the sandbox runs too."""
    child = subprocess.run([sys.executable, "-m", "bench.config"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST)
    figures: Figures = json.loads(child.stdout)
    return figures


async def started(folder: Path, environ: Mapping[str, str]) -> Process:
    """Start the installation without the sandbox: supervisor, two workers, panel. Returns when all bots are served."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(CODE / "supervisor.py"), "run", cwd=folder, env=dict(environ), stdout=DEVNULL, stderr=PIPE
    )
    client = SupervisorClient(folder / "var")
    try:
        async with asyncio.timeout(START_SECONDS):
            while not _is_running(await _status(client)):  # noqa: ASYNC110 - the status of another process
                await asyncio.sleep(0.1)
    except TimeoutError:
        process.kill()
        assert process.stderr is not None
        raise RuntimeError(f"it did not start: {(await process.stderr.read()).decode()[-2000:]}") from None
    return process


async def _status(client: SupervisorClient) -> Status | None:
    try:
        return await client.status()
    except Unavailable:
        return None


def _is_running(status: Status | None) -> bool:
    return status is not None and status.healthy and len({bot.worker for bot in status.bots if bot.state == "serving"}) == 2


BENCH = Operator(name="the bench", source="cli")


class Changer:
    def __init__(self, editor: ConfigurationEditor) -> None:
        self._editor = editor
        self._turn = 0
        self.took: list[float] = []
        """Seconds of each change, from before the save until it is in force in the last process."""

    async def change(self) -> None:
        """Change one setting after the other for one round."""
        until = perf_counter() + SECONDS
        while perf_counter() < until:
            key, *values = CHANGES[self._turn % len(CHANGES)]
            began = perf_counter()
            saved = await self._editor.set({key: values[self._turn // len(CHANGES) % 2]}, by=BENCH)
            self.took.append(perf_counter() - began)
            if [each.yes for each in saved.announced.processes] != [True] * 3:
                raise RuntimeError(f"not in force everywhere: {saved.announced}")
            self._turn += 1
            await asyncio.sleep(PAUSE)


async def measure(folder: Path, stores: Mapping[str, str]) -> Figures:
    async with Sandbox(folder / "sandbox") as sandbox:
        bots = [sandbox.world.add_bot(f"config_{number}_bot", str(number)) for number in (1, 2)]
        towns = [Chatters(sandbox, bot, PEOPLE) for bot in bots]
        environ = {
            **{name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "LD_LIBRARY_PATH"}},
            **FREELY,
            **stores,
            "WORKERS": "2",
            "MASQUERADE_FOLDER": str(folder),
            "ADMIN_PORT": str(free_ports(1)[0]),
            "BOT_TOKENS": ",".join(bot.token for bot in bots),
            "TELEGRAM_SERVER": f"127.0.0.1:{sandbox.port}",
            "TELEGRAM_PUBLIC_KEY": str(sandbox.public_key),
        }
        process = await started(folder, environ)
        try:
            for town in towns:
                await town.meet()
            return await figures(folder, environ, towns)
        finally:
            process.terminate()
            await asyncio.wait_for(process.communicate(), STOP_SECONDS)


async def figures(folder: Path, environ: Mapping[str, str], towns: list[Chatters]) -> Figures:
    loaded = read(folder, environ, working=folder)
    database = await open_database(loaded.settings.stores.postgres_uri, pool_size=1)
    try:
        editor = ConfigurationEditor(loaded, SqlConfigurations(database), SupervisorClient(folder / "var").announce)
        changer, quiet, talked = Changer(editor), list[list[float]](), list[list[float]]()
        for number in range(1, ROUNDS + 1):
            quiet += await _talk(towns)
            _, busy = await asyncio.gather(changer.change(), _talk(towns))
            talked += busy
            say(f"round {number} of {ROUNDS}: {len(changer.took)} changes, the slowest took {max(changer.took) * 1000:.0f} ms")
    finally:
        await database.close()
    return {
        "change_ms": round(max(changer.took) * 1000, 1),
        "change_median_ms": round(median(changer.took) * 1000, 1),
        "changes": len(changer.took),
        "p99_ms": round(percentile(talked, 99) * 1000, 2),
        "p99_without_ms": round(percentile(quiet, 99) * 1000, 2),
        "messages": sum(map(len, talked)),
    }


async def _talk(towns: list[Chatters]) -> list[list[float]]:
    return await asyncio.gather(*(town.talk_at(text, RATE, SECONDS) for town in towns))


def main() -> None:
    postgres, redis = find_postgres(), find_redis()
    with tempfile.TemporaryDirectory(prefix="masquerade-bench-") as folder:
        try:
            postgres.start()
            redis.start()
            stores = {"POSTGRES_URI": postgres.new_database(), "REDIS_URL": redis.new_database()}
            print(json.dumps(uvloop.run(measure(Path(folder), stores))))
        finally:
            postgres.remove()
            redis.remove()


if __name__ == "__main__":
    main()
