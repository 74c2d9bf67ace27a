"""Processes die in the middle of a chat, on the embedded stores and on real Redis and PostgreSQL: the chat goes on, and what was
said arrives once, in order.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.servers import GivenPostgres, GivenRedis, PostgresServer, RedisServer
from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = pytest.mark.timeout(150)


@pytest.fixture(params=["memory and SQLite", "Redis and PostgreSQL"])
def stores(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "memory and SQLite":
        yield {}
    else:
        yield {"REDIS_URL": request.getfixturevalue("redis_url"), "POSTGRES_URI": request.getfixturevalue("postgres_uri")}


@pytest.fixture
async def house(tmp_path: Path, stores: dict[str, str]) -> AsyncIterator[House]:
    house = House(tmp_path / "house", **stores)
    try:
        yield await house.start()
    finally:
        await house.close()


async def talk(speaker: Person, start: int, end: int) -> None:
    for number in range(start, end):
        await speaker.says(f"number {number:02}")


def numbers(listener: Person) -> list[str]:
    return [text for text in listener.said_to if text.startswith("number")]


async def test_a_killed_worker_loses_and_doubles_nothing(house: House):
    anna, boris = await Town(house).chatting(bots=(0, 1))
    await talk(anna, 0, 10)
    await asyncio.gather(house.kill("worker-1"), talk(anna, 10, 25))
    await talk(anna, 25, 30)
    await boris.hears("number 29", within=30)
    await boris.says("all here")
    await anna.hears("all here")
    await boris.listens(1.0)
    assert numbers(boris) == [f"number {n:02}" for n in range(30)]
    assert sum("Partner found" in text for text in boris.said_to) == 1


async def test_a_killed_supervisor_is_followed_by_the_next_run(house: House):
    anna, boris = await Town(house).chatting()
    await talk(anna, 0, 5)
    await house.kill_supervisor()
    await house.start()
    await talk(anna, 5, 10)
    await boris.hears("number 09", within=30)
    await boris.says("/stop")
    await anna.hears("left")
    assert numbers(boris) == [f"number {n:02}" for n in range(10)]


async def test_a_search_outlives_a_crash_or_its_loss_is_told(house: House):
    town = Town(house)
    anna, boris = await asyncio.gather(town.registered(), town.registered())
    await anna.says("/find")
    await anna.hears("Looking")
    await house.kill("worker-1")
    await boris.says("/find")
    if "REDIS_URL" in house.environment:
        await anna.hears("Partner found")
    else:
        await anna.hears("interrupted")
        await anna.says("/find")
        await anna.hears("Partner found")
    await boris.hears("Partner found")


async def test_a_stopped_house_wakes_up_where_it_was(house: House):
    anna, boris = await Town(house).chatting(bots=(0, 1))
    question = await anna.says("who are you?")
    on_boris_phone = await boris.hears("who are you?")
    assert await house.stop() == 0
    await house.start()
    await boris.says("a sleeper", reply_to=on_boris_phone["id"])
    answer = await anna.hears("a sleeper")
    if "REDIS_URL" in house.environment:
        assert answer["reply_to"] == question


@pytest.fixture
async def real(tmp_path: Path, redis_url: str, postgres_uri: str) -> AsyncIterator[House]:
    house = House(tmp_path / "house", REDIS_URL=redis_url, POSTGRES_URI=postgres_uri)
    try:
        yield house
    finally:
        await house.close()


async def test_redis_away_is_told_and_survived(real: House, redis_server: RedisServer | GivenRedis):
    await real.start()
    town = Town(real)
    anna, boris = await town.chatting()
    carla = await town.registered()
    redis_server.pause()
    await anna.says("this needs no store")
    await boris.hears("this needs no store")
    await carla.says("/find")
    await carla.hears("trouble", within=30)
    redis_server.resume()
    await real.until_healthy()
    await carla.says("/find")
    await carla.hears("Looking")
    await anna.says("still here")
    await boris.hears("still here")


async def test_postgres_away_is_told_and_survived(real: House, postgres: PostgresServer | GivenPostgres):
    await real.start()
    town = Town(real)
    anna, boris = await town.chatting()
    dora = await town.person()
    postgres.kill()
    await anna.says("this needs no store")
    await boris.hears("this needs no store")
    await dora.says("/start")
    await dora.hears("trouble", within=30)
    postgres.start()
    await real.until_healthy()
    await dora.says("/start")
    await dora.hears("gender", within=30)
    await anna.says("/stop")
    await boris.hears("left")


async def test_stores_that_are_down_at_the_start_are_waited_for(
    real: House, redis_server: RedisServer | GivenRedis, postgres: PostgresServer | GivenPostgres
):
    redis_server.stop()
    postgres.stop()
    await real.launch()
    await real.until(lambda status: bool(status) and any("Postgres" in line for line in status["problems"]))
    postgres.start()
    await real.until(lambda status: bool(status) and any("Redis" in line for line in status["problems"]))
    redis_server.start()
    await real.until_healthy(60)
    await Town(real).chatting()
