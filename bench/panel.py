"""Measures how fast the panel answers with many people in the records, and what its viewers cost the workers."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from os import sysconf
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
import uvloop

from bench.harness import Bar, Figures, say
from control.access import access_records
from control.settings.loading import database_uri, load
from domain.panel.roles import Role
from domain.ports.review import Operator
from domain.settings import Settings
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from tests.servers import find_postgres
from tests.system.house import House

NAME = "panel"
ABOUT = "each GET of the panel with 100,000 people and 1,000,000 chats on PostgreSQL and SQLite, and 200 viewers of its streams"
BARS = {
    "users": Bar(at_least=100_000),
    "chats": Bar(at_least=1_000_000),
    "worst_p95_ms": Bar(at_most=50),
    "viewers_cpu_share": Bar(at_most=0.02),
}

USERS, CHATS = 100_000, 1_000_000
FIRST_USER = 1_000_000
ROUNDS = 40
"""Requests of each route; of each query where a route has several."""
TOKENS = 50
"""Each may ask a hundred times a minute, and follow four streams."""
VIEWERS = 200
WATCHED_SECONDS = 15.0
LONGEST = 1500

NUMBERS = {
    "postgres": "generate_series(1, {count}) AS numbers (n)",
    "sqlite": "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {count}) SELECT n FROM s) AS numbers",
}
FILL = (
    (
        USERS,
        """INSERT INTO users
        (id, language, gender, age, vip_until, banned_until, wishes, created_at, updated_at, last_seen, last_bot)
        SELECT {first} + n, CASE WHEN n % 10 = 0 THEN 'de' ELSE 'en' END, CASE WHEN n % 3 = 0 THEN 'male' ELSE 'female' END,
        13 + n % 60, 0, 0, '{{}}', {now} - n * 100.0, {now} - n * 90.0, {now} - n * 90.0, 1 + n % 3""",
    ),
    (USERS, "INSERT INTO age_sides SELECT {first} + n, n % 60 >= 5, 0, 0, 0"),
    (USERS // 20, "INSERT INTO entitlements SELECT {first} + n * 20, {now} + (n % 2) * 1000000.0 - 1, 0"),
    (USERS // 100, "INSERT INTO bans SELECT {first} + n * 100, {now} + 1000000.0, 'ads', 'olga', {now} - 1, '', TRUE"),
    (USERS, "INSERT INTO bot_peers SELECT 1, {first} + n, n"),
    (
        CHATS,
        """INSERT INTO chats SELECT 'c' || n, {first} + 1 + n % {users}, 1, {first} + 1 + (n * 7 + 13) % {users}, 1,
        {now} - n * 7.0, {now} - n * 7.0 + 300, 'stopped'""",
    ),
)
QUERIES: Mapping[str, Sequence[str]] = {
    "/api/config/history": ("key=vip",),
    "/api/users": (
        "",
        "limit=200",
        f"id={FIRST_USER + 500}",
        "vip=true",
        "vip=false",
        "banned=true",
        "minor=true",
        "gender=male&age=25-34",
        "language=xx",
        "bot=99",
        "bot=2&language=de&gender=female",
        "seen_from=2001-01-01&seen_to=2001-01-02",
        "joined_from=2001-01-01",
        "gender=other",
        "vip=true&banned=true&minor=true",
    ),
}
"""Route → its queries; of a route that is not here, none."""


@dataclass(frozen=True, slots=True)
class Measured:
    p95_ms: Mapping[str, float]
    cpu_share: float


def run() -> Figures:
    """Runs in a separate process, so that an installation that hangs is ended with it."""
    child = subprocess.run([sys.executable, "-m", "bench.panel"], check=True, stdout=subprocess.PIPE, text=True, timeout=LONGEST)
    figures: Figures = json.loads(child.stdout)
    return figures


async def measure() -> Figures:
    postgres = find_postgres()
    postgres.start()
    try:
        stores: Mapping[str, Mapping[str, str]] = {"PostgreSQL": {"POSTGRES_URI": postgres.new_database()}, "SQLite": {}}
        measured = [await _on(name, environment) for name, environment in stores.items()]
    finally:
        postgres.remove()
    p95 = {route: max(each.p95_ms[route] for each in measured) for route in measured[0].p95_ms}
    return {
        "users": USERS,
        "chats": CHATS,
        "worst_p95_ms": max(p95.values()),
        "p95_ms": p95,
        "viewers_cpu_share": max(each.cpu_share for each in measured),
    }


async def _on(store: str, environment: Mapping[str, str]) -> Measured:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder) / "house", **environment)
        house.folder.mkdir()
        settings = load(house.folder, house.env())
        began = time.monotonic()
        await fill(database_uri(settings))
        say(f"{store}: filled in {time.monotonic() - began:.0f} s")
        try:
            await house.start()
            tokens = await tokens_of(settings)
            async with httpx.AsyncClient(base_url=house.panel_url, timeout=30.0) as client:
                document = (await client.get("/openapi.json", headers=bearer(tokens[0]))).json()
                p95 = await times(client, tokens, document, store)
            return Measured(p95, await cost_of_viewers(house, tokens, document, store))
        finally:
            await house.close()


async def fill(uri: str) -> None:
    database = await open_database(uri, pool_size=1, call_seconds=300.0)
    try:
        await migrate(database)
        for count, statement in FILL:
            numbers = NUMBERS[database.dialect].format(count=count)
            form = statement.format(first=FIRST_USER, now=time.time(), users=USERS)
            async with database.transaction(seconds=300.0) as connection:
                await connection.execute(f"{form} FROM {numbers}")
        async with database.connection() as connection:
            await connection.execute("VACUUM ANALYZE" if database.dialect == "postgres" else "ANALYZE")
    finally:
        await database.close()


async def tokens_of(settings: Settings) -> list[str]:
    async with access_records(settings) as records:
        made = [
            await records.tokens.create(f"bench {number}", Role.OWNER, 1, Operator(name="bench", source="cli"))
            for number in range(TOKENS)
        ]
    return [token for token in made if token is not None]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


# --- answers


async def times(client: httpx.AsyncClient, tokens: Sequence[str], document: Mapping[str, Any], store: str) -> dict[str, float]:
    """Route → p95 in milliseconds, of its slowest query."""
    worst: dict[str, float] = defaultdict(float)
    asked = 0
    for route in routes(document, streams=False):
        for query in QUERIES.get(route, ("",)):
            took = []
            for number in range(ROUNDS):
                path = re.sub(r"\{\w+\}", str(FIRST_USER + 1 + number * 997 % USERS), route)
                began = time.perf_counter()
                answer = await client.get(f"{path}?{query}" if query else path, headers=bearer(tokens[asked % len(tokens)]))
                took.append((time.perf_counter() - began) * 1000)
                asked += 1
                if answer.status_code not in {200, 404}:
                    raise RuntimeError(f"{path}?{query}: {answer.status_code} {answer.text[:300]}")
            p95 = round(quantiles(took, n=20)[-1], 2)
            say(f"{store}: {route}{'?' if query else ''}{query}: {p95} ms")
            worst[route] = max(worst[route], p95)
    return worst


def routes(document: Mapping[str, Any], *, streams: bool) -> Iterable[str]:
    """Of all GETs, or of those that are streams and need no part of a path."""
    for path, methods in document["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "get" in methods and ("text/event-stream" in content) == streams and not (streams and "{" in path):
            yield path


# --- viewers


async def cost_of_viewers(house: House, tokens: Sequence[str], document: Mapping[str, Any], store: str) -> float:
    """Cores that the workers use more while all viewers follow a stream."""
    paths = list(routes(document, streams=True))
    alone = await workers_cpu(house)
    async with AsyncExitStack() as viewers:
        limits = httpx.Limits(max_connections=VIEWERS + 10)
        client = await viewers.enter_async_context(httpx.AsyncClient(base_url=house.panel_url, timeout=60.0, limits=limits))
        heard = [
            await viewers.enter_async_context(following(client, paths[number % len(paths)], tokens[number % len(tokens)]))
            for number in range(VIEWERS)
        ]
        watched = await workers_cpu(house)
        if not all(heard):
            raise RuntimeError(f"{sum(not each for each in heard)} of {VIEWERS} viewers have heard nothing")
    share = round(max(watched - alone, 0.0), 4)
    say(f"{store}: {VIEWERS} viewers of {', '.join(paths)}: workers {alone:.2%} of a core without, {watched:.2%} with")
    return share


@asynccontextmanager
async def following(client: httpx.AsyncClient, path: str, token: str) -> AsyncIterator[list[int]]:
    """The length of what was heard last; nothing where nothing was."""
    heard: list[int] = []

    async def listen(answer: httpx.Response) -> None:
        async for part in answer.aiter_bytes():
            heard[:] = [len(part)]

    async with client.stream("GET", path, headers=bearer(token)) as answer:
        answer.raise_for_status()
        listening = asyncio.create_task(listen(answer))
        try:
            yield heard
        finally:
            listening.cancel()
            await asyncio.wait([listening])


async def workers_cpu(house: House) -> float:
    """Cores that all workers use together."""
    pids = [int(each["pid"]) for each in (await house.status())["processes"] if each["name"].startswith("worker")]
    before, began = sum(map(cpu_seconds, pids)), time.monotonic()
    await asyncio.sleep(WATCHED_SECONDS)
    return (sum(map(cpu_seconds, pids)) - before) / (time.monotonic() - began)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure())))


if __name__ == "__main__":
    main()
