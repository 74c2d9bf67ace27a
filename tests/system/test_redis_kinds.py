"""Redis as a cluster while the pool's keys move to another node, and under Sentinel while the master is killed: people wait a
little, and no decision is half made.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.redis_servers import RedisCluster, Sentinel
from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(150)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clustered(tmp_path_factory: pytest.TempPathFactory, redis_cluster: RedisCluster) -> AsyncIterator[House]:
    house = House(tmp_path_factory.mktemp("clustered"), REDIS_URL=redis_cluster.new_pool())
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest.fixture
def sentinel() -> Iterator[Sentinel]:
    sentinel = Sentinel()
    sentinel.start()
    yield sentinel
    sentinel.remove()


async def meets(seeker: Person, waiting: Person) -> None:
    """Search again when told about trouble, as people do."""
    async with asyncio.timeout(60):
        while not any("Partner found" in text for text in seeker.said_to):
            await seeker.says("/find")
            await seeker.hears("", within=30)
    await waiting.hears("Partner found", within=30)


async def all_is_heard_once(anna: Person, boris: Person, count: int) -> None:
    await boris.hears(f"number {count - 1}", within=60)
    assert [text for text in boris.said_to if text.startswith("number")] == [f"number {n}" for n in range(count)]
    await anna.says("/stop")
    await boris.hears("left", within=30)


async def test_while_the_pools_keys_move_chats_go_on_and_searchers_are_told(clustered: House, redis_cluster: RedisCluster):
    town = Town(clustered)
    anna, boris = await town.chatting(bots=(0, 1))
    carla, dora = await asyncio.gather(town.registered(), town.registered(bot=1))
    await carla.says("/find")
    await carla.hears("Looking")
    with redis_cluster.moving():
        await anna.says("number 0")
        await boris.hears("number 0")
        await dora.says("/find")
        await dora.hears("trouble", within=30)
    await anna.says("number 1")
    await meets(dora, carla)
    await all_is_heard_once(anna, boris, 2)
    await town.goes_home()


async def test_the_house_goes_on_with_the_replica_when_the_master_is_killed(tmp_path: Path, sentinel: Sentinel):
    house = House(tmp_path / "house", REDIS_URL=sentinel.new_pool())
    try:
        town = Town(await house.start())
        anna, boris = await town.chatting(bots=(0, 1))
        carla, dora = await asyncio.gather(town.registered(), town.registered(bot=1))
        await carla.says("/find")
        await carla.hears("Looking")
        sentinel.settle()
        sentinel.master.kill()
        for number in range(3):
            await anna.says(f"number {number}")
        await meets(dora, carla)
        await all_is_heard_once(anna, boris, 3)
        status = await house.until_healthy()
        assert {bot["state"] for bot in status["bots"]} == {"serving"}
    finally:
        await house.close()


async def test_a_changed_cross_bot_flag_is_for_new_searches(clustered: House):
    town = Town(clustered)
    anna, boris, carla, dora = [await town.registered(bot=bot) for bot in (0, 0, 1, 1)]
    await anna.says("/find")
    await anna.hears("Looking")
    await clustered.stop()
    clustered.environment["ENABLE_CROSS_BOT_MATCHING"] = "false"
    await clustered.start()
    for person in (boris, carla):
        await person.says("/find")
        await person.hears("Looking", within=30)
    await dora.says("/find")
    await asyncio.gather(*(person.hears("Partner found", within=30) for person in (carla, dora)))
    await anna.says("/cancel")
    await anna.hears("cancelled")
    await anna.says("/find")
    await asyncio.gather(*(person.hears("Partner found", within=30) for person in (anna, boris)))
