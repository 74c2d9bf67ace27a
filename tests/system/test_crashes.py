"""Processes are killed during a chat, on the embedded stores, and on a Redis cluster with PostgreSQL: the chat goes on, and each
message arrives once, in order.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.servers import PostgresServer, RedisServer, drop_database, flush
from tests.system.house import House
from tests.system.people import Town, numbers, talk

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="module")]
RESTARTED_AT_ONCE = {"MASQUERADE_SUPERVISOR__BACKOFF_MAX": "0.2", "MASQUERADE_SUPERVISOR__RESTART_BUDGET": "100"}
"""A killed process is restarted at once, however often it was killed."""


@pytest.fixture(scope="module", params=["memory and SQLite", "Redis Cluster and PostgreSQL"])
def stores(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    if request.param == "memory and SQLite":
        yield {}
        return
    cluster, postgres = (request.getfixturevalue(name) for name in ("redis_cluster", "postgres"))
    uri = postgres.new_database()
    yield {"REDIS_URL": cluster.new_pool(), "POSTGRES_URI": uri}
    drop_database(postgres.uri, uri.rpartition("/")[2])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, stores: dict[str, str]) -> AsyncIterator[House]:
    """It is healthy when a test begins, and the test leaves it so."""
    house = House(tmp_path_factory.mktemp("house"), **RESTARTED_AT_ONCE, **stores)
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await house.http.delete("/api/faults")
    await town.goes_home()


async def test_a_killed_worker_loses_and_doubles_nothing(house: House, town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    await talk(anna, 0, 10)
    await asyncio.gather(house.kill("worker-1"), talk(anna, 10, 25))
    await talk(anna, 25, 30)
    await boris.hears("number 29", within=30)
    await boris.says("all here")
    await anna.hears("all here")
    await boris.listens(1.0)
    assert numbers(boris) == [f"number {n:02}" for n in range(30)]
    assert sum("Partner found" in text for text in boris.said_to) == 1


async def test_a_worker_killed_at_random_moments_loses_and_doubles_nothing(house: House, town: Town):
    anna, boris = await town.chatting(bots=(0, 1))

    async def kill_it_now_and_then():
        for _ in range(3):
            await asyncio.sleep(random.uniform(0.0, 0.3))
            await house.kill("worker-1")

    await asyncio.gather(kill_it_now_and_then(), talk(anna, 0, 25), talk(boris, 0, 25))
    await asyncio.gather(anna.hears("number 24", within=30), boris.hears("number 24", within=30))
    await boris.says("/stop")
    await anna.hears("left")
    for listener in (anna, boris):
        assert numbers(listener) == [f"number {n:02}" for n in range(25)]
        assert sum("Partner found" in text for text in listener.said_to) == 1


async def test_what_could_not_be_sent_when_the_worker_was_killed_arrives_once_and_in_order(house: House, town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    await house.fault("flood_wait", bot=town.bots[1], method="messages.SendMessage", seconds=25)
    await talk(anna, 0, 3)
    await house.until(lambda status: status["figures"]["flood_waits"] >= 1)
    await house.kill("worker-1")
    await talk(anna, 3, 5)
    await boris.hears("number 04")
    await boris.says("all here")
    await anna.hears("all here")
    assert numbers(boris) == [f"number {n:02}" for n in range(5)]


async def test_chats_go_on_with_the_next_run_after_the_supervisor_was_killed(house: House, town: Town):
    anna, boris = await town.chatting()
    await talk(anna, 0, 5)
    await house.kill_supervisor()
    await house.start()
    await talk(anna, 5, 10)
    await boris.hears("number 09", within=30)
    await boris.says("/stop")
    await anna.hears("left")
    assert numbers(boris) == [f"number {n:02}" for n in range(10)]


async def test_a_search_survives_a_crash_or_its_loss_is_told(house: House, town: Town):
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


async def test_chats_and_replies_go_on_after_a_stop_and_a_start(house: House, town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    question = await anna.says("who are you?")
    asked = await boris.hears("who are you?")
    assert await house.stop() == 0
    await house.start()
    await boris.says("still me", reply_to=asked["id"])
    answer = await anna.hears("still me")
    if "REDIS_URL" in house.environment:
        assert answer["reply_to"] == question


@pytest.fixture(scope="module")
def own_redis() -> Iterator[RedisServer]:
    """A Redis that tests stop and kill. As in production it keeps its data over a restart."""
    server = RedisServer(appendonly=True)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.remove()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real(
    tmp_path_factory: pytest.TempPathFactory, own_redis: RedisServer, own_postgres: PostgresServer
) -> AsyncIterator[House]:
    """It is healthy when a test begins, and the test leaves it so."""
    house = House(tmp_path_factory.mktemp("house"), REDIS_URL=own_redis.url, POSTGRES_URI=own_postgres.uri)
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def people(real: House) -> AsyncIterator[Town]:
    town = Town(real)
    yield town
    await town.goes_home()


async def test_people_are_told_of_an_outage_of_redis_and_chats_go_on(real: House, people: Town, own_redis: RedisServer):
    anna, boris = await people.chatting()
    carla = await people.registered()
    own_redis.pause()
    await anna.says("this needs no store")
    await boris.hears("this needs no store")
    await carla.says("/find")
    await carla.hears("trouble", within=30)
    own_redis.resume()
    await real.until_healthy(60)
    await carla.says("/find")
    await carla.hears("Looking")
    await anna.says("still here")
    await boris.hears("still here")


async def test_chats_are_put_back_into_a_wiped_redis_and_searchers_are_told(people: Town, own_redis: RedisServer):
    anna, boris = await people.chatting(bots=(0, 1))
    carla = await people.registered()
    await carla.says("/find")
    await carla.hears("Looking")
    flush(own_redis.url)
    await carla.hears("interrupted", within=30)
    await anna.says("still together")
    await boris.hears("still together", within=30)
    await boris.says("/stop")
    await anna.hears("left", within=30)


async def test_people_are_told_of_an_outage_of_postgres_and_chats_go_on(real: House, people: Town, own_postgres: PostgresServer):
    anna, boris = await people.chatting()
    dora = await people.person()
    own_postgres.kill()
    await anna.says("this needs no store")
    await boris.hears("this needs no store")
    await dora.says("/start")
    await dora.hears("trouble", within=30)
    own_postgres.start()
    await real.until_healthy(60)
    await dora.says("/start")
    await dora.hears("gender", within=30)
    await anna.says("/stop")
    await boris.hears("left")


async def test_a_house_waits_for_stores_that_are_down_at_its_start(
    real: House, people: Town, own_redis: RedisServer, own_postgres: PostgresServer
):
    await real.stop()
    own_redis.stop()
    own_postgres.stop()
    await real.launch()
    await real.until(lambda status: bool(status) and any("PostgreSQL" in line for line in status["problems"]))
    own_postgres.start()
    await real.until(lambda status: bool(status) and any("Redis" in line for line in status["problems"]))
    own_redis.start()
    await real.until_healthy(60)
    anna, _boris = await people.chatting()
    assert any("Partner found" in text for text in anna.said_to)


async def test_a_lock_holds_across_killed_workers_and_its_end_is_told_once(house: House, town: Town):
    """On memory:// the pool has lost everything: the lock comes back from the records."""
    anna, boris = await town.chatting(bots=(0, 1))
    for command in (
        ("config", "set", "locks.durations", '[{"minutes":1,"credits":1}]'),
        ("credits", "give", str(anna.id), "1", "--reason", "a test"),
    ):
        code, output = await house.command(*command)
        assert code == 0, output
    await anna.says("/lock")
    offer = await anna.hears("Keep this chat")
    await anna.presses("1 min · 1 credit", offer["id"])
    await asyncio.gather(anna.hears("You have locked this chat"), boris.hears("has locked this chat"))
    for _ in range(2):
        await house.kill("worker-1")
        await boris.says("/stop")
        await boris.hears("locked for another")
    await asyncio.gather(anna.hears("Your lock is over", within=70), boris.hears("Your partner's lock is over", within=70))
    await boris.says("/stop")
    await anna.hears("Your partner left")
    for person in (anna, boris):
        assert sum("lock is over" in text for text in person.said_to) == 1
        assert sum("locked this chat" in text for text in person.said_to) == 1
