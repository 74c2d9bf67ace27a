"""Healthy means served: each thing that keeps people from being served is told by `status`, its exit code and /health, and no
longer once it is mended. On a real Redis and PostgreSQL, with Telegram behind a proxy.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio
import redis

from tests.faults.proxy import Proxy
from tests.faults.rig import problems
from tests.servers import PostgresServer, RedisServer
from tests.system.house import House
from tests.system.telegram import house_at, telegram

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]
GRACE = {"MASQUERADE_SUPERVISOR__GRACE_SECONDS": "3", "MASQUERADE_CLUSTER__LEASE_SECONDS": "6"}
LONG = 60.0
"""For what takes half a minute, on a busy machine."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def endpoint(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Any]]:
    async with telegram(tmp_path_factory.mktemp("telegram")) as endpoint:
        yield endpoint


@asynccontextmanager
async def house_behind(proxy: Proxy, folder: Path, endpoint: dict[str, Any], **environment: str) -> AsyncIterator[House]:
    house = house_at(folder, {**endpoint, "port": proxy.port}, **GRACE, **environment)
    try:
        yield house
    finally:
        await house.close()
        await proxy.refuse()


@pytest.fixture(scope="module")
def redis_alone() -> Iterator[RedisServer]:
    server = RedisServer(appendonly=True)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def postgres_alone() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.remove()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxy(endpoint: dict[str, Any]) -> Proxy:
    return await Proxy(lambda: endpoint["port"]).open()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory,
    endpoint: dict[str, Any],
    proxy: Proxy,
    redis_alone: RedisServer,
    postgres_alone: PostgresServer,
) -> AsyncIterator[House]:
    """Healthy when a test begins, and the test leaves it so."""
    stores = {"REDIS_URL": redis_alone.url, "POSTGRES_URI": postgres_alone.uri}
    async with house_behind(proxy, tmp_path_factory.mktemp("house"), endpoint, **stores) as house:
        yield await started(house)


async def started(house: House) -> House:
    await house.launch()
    await house.until_healthy(120)
    return house


async def asked(house: House, host: str = "127.0.0.1") -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as browser:
        return await browser.get(f"{house.panel_url}/health", headers={"Host": host}, timeout=20)


async def is_told(house: House, *words: str, within: float = LONG) -> dict[str, Any]:
    """By `status`, by its exit code and by /health."""
    status = await house.until(lambda status: is_up(status) and all(word in problems(status) for word in words), within)
    assert not status["healthy"]
    code, text = await house.command("status")
    answer = await asked(house)
    assert (code, answer.status_code) == (1, 503), text
    assert all(word in text and word in answer.text for word in words), f"{text}\n{answer.text}"
    return status


def is_up(status: dict[str, Any]) -> bool:
    return bool(status) and all(process["state"] == "ready" for process in status["processes"])


async def is_well(house: House) -> None:
    await house.until_healthy(LONG)
    assert all(bot["served"] and bot["state"] == "serving" for bot in (await house.status())["bots"])


def any_bot(status: dict[str, Any], words: str) -> bool:
    return any(words in bot["detail"] for bot in status.get("bots", ()))


async def test_a_start_without_telegram_is_told_while_it_may_be_a_start_and_then_a_problem(
    tmp_path: Path, endpoint: dict[str, Any]
):
    proxy = await Proxy(lambda: endpoint["port"]).open()
    await proxy.refuse()
    long_grace = {"MASQUERADE_SUPERVISOR__GRACE_SECONDS": "20"}
    async with house_behind(proxy, tmp_path, endpoint) as house:
        house.environment |= long_grace
        await house.launch()
        await house.until(lambda status: any_bot(status, "s: Telegram cannot be reached") and any_bot(status, "starting, "))
        await is_told(house, "not served for", "since the start", "Telegram cannot be reached")
        await proxy.open()
        await is_well(house)


@pytest.mark.parametrize("how", ["refuse", "stall"])
async def test_a_telegram_that_goes_away_is_a_problem(house: House, proxy: Proxy, how: str):
    await proxy.refuse() if how == "refuse" else proxy.stall()
    await is_told(house, "not served for")
    await house.until(lambda status: not any(bot["served"] for bot in status["bots"]))
    await proxy.open()
    await is_well(house)


@contextmanager
def told(server: RedisServer, broken: str, mended: str) -> Iterator[None]:
    """In the block, the server was told one thing; after it, the other."""
    with redis.Redis(port=server.port) as client:
        client.execute_command(*broken.split())
        try:
            yield
        finally:
            client.execute_command(*mended.split())


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("replicaof 127.0.0.1 1", "replicaof no one"),
        ("config set maxmemory 1", "config set maxmemory 0"),
        ("config set min-replicas-to-write 1", "config set min-replicas-to-write 0"),
    ],
    ids=["read-only", "full", "no replica"],
)
async def test_a_redis_that_takes_no_writes_is_a_problem(house: House, redis_alone: RedisServer, broken: str, mended: str):
    with told(redis_alone, broken, mended):
        await is_told(house, f"Redis at 127.0.0.1:{redis_alone.port} cannot serve now")
    await is_well(house)


async def test_bots_that_lost_their_leases_are_not_served_whatever_the_last_roster_said(house: House, redis_alone: RedisServer):
    with told(redis_alone, "replicaof 127.0.0.1 1", "replicaof no one"):
        status = await is_told(house, "not served for", "nobody is known to serve it")
        assert not any_bot(status, "served by")
    await is_well(house)


async def test_a_database_that_may_only_be_read_is_a_problem(house: House, postgres_alone: PostgresServer):
    with psycopg.connect(postgres_alone.uri, autocommit=True) as connection:
        connection.execute("SET default_transaction_read_only = off")
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        await is_told(house, "PostgreSQL", "ReadOnlySqlTransaction")
        connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
        connection.execute("SELECT pg_reload_conf()")
    await is_well(house)


async def test_a_database_file_that_was_deleted_is_a_problem_at_once(tmp_path: Path):
    house = House(tmp_path, **GRACE)
    try:
        await started(house)
        for file in (tmp_path / "var").glob("masquerade.db*"):
            file.unlink()
        status = await house.status()
        assert not status["healthy"]
        assert "the file was deleted while we use it" in problems(status)
    finally:
        await house.close()


async def test_a_long_flood_wait_for_the_log_in_is_told_as_long_as_it_is(tmp_path: Path, endpoint: dict[str, Any]):
    proxy = await Proxy(lambda: endpoint["port"]).open()
    async with house_behind(proxy, tmp_path, endpoint) as house:
        await house.fault("flood_wait", method="importbotauthorization", seconds=1800, times=100)
        try:
            await house.launch()
            await is_told(house, "refuses log-ins of this bot for another 30 minutes")
        finally:
            await house.http.delete("/api/faults")


async def test_another_installation_with_the_same_tokens_is_named_by_both(
    tmp_path: Path, endpoint: dict[str, Any], house: House, proxy: Proxy
):
    """Each person who writes to the bot is answered twice."""
    other_proxy = await Proxy(lambda: endpoint["port"]).open()
    async with house_behind(other_proxy, tmp_path, endpoint) as other:
        await started(other)
        bots = (await other.http.get("/api/bots")).json()
        for number in range(3):
            user = (await other.http.post("/api/users", json={"name": f"Person {number}"})).json()["id"]
            await other.http.post(f"/api/users/{user}/messages", json={"bot": bots[0]["id"], "text": "/start"})
        for each in (house, other):
            await is_told(each, f"bot {bots[0]['id']}: another installation or program uses its token")


async def test_health_is_answered_from_outside_under_any_name_and_says_no_more_than_one_word(
    tmp_path: Path, endpoint: dict[str, Any]
):
    proxy = await Proxy(lambda: endpoint["port"]).open()
    async with house_behind(
        proxy, tmp_path, endpoint, ADMIN_HOST="0.0.0.0", ADMIN_PUBLIC_URL="https://panel.example.org"
    ) as house:
        await started(house)
        answer = await asked(house, "health.example.org:8080")
        assert (answer.status_code, answer.json()["status"], set(answer.json())) == (200, "ok", {"status", "timestamp"})
        await proxy.refuse()
        await house.until(lambda status: "not served for" in problems(status), LONG)
        answer = await asked(house, "203.0.113.7")
        assert (answer.status_code, answer.json()["status"], set(answer.json())) == (503, "degraded", {"status", "timestamp"})
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(f"{house.panel_url}/api/overview", headers={"Host": "health.example.org"})
        assert page.status_code == 421
