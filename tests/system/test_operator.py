"""The operator restarts, scales, drains and stops a house while people talk: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.servers import RedisServer
from tests.system.house import House
from tests.system.people import Person, Town, numbers, talk
from tests.system.telegram import house_at, telegram

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]
SPEAKS_EVERY = 0.5
AT_ONCE = 10.0
"""Seconds, on a busy machine; a session remembers a profile for three minutes."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory, redis_server, postgres) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("house")
    stores = {"REDIS_URL": redis_server.new_database(), "POSTGRES_URI": postgres.new_database()}
    house = House(folder, WORKERS="2", **stores)
    try:
        await house.launch()
        await house.until_healthy(90)
        yield house
    finally:
        await house.close()


class Conversation:
    """Two people at two bots. Anna sends messages, no faster than a bot may pass them on."""

    def __init__(self, anna: Person, boris: Person) -> None:
        self._anna, self._boris = anna, boris
        self._numbers = itertools.count()
        self.said: list[str] = []

    async def while_running(self, house: House, *arguments: str) -> str:
        """Talk while the command runs. Returns its output."""
        command = asyncio.create_task(house.command(*arguments))
        while not command.done():
            await self.one_more()
            await asyncio.wait({command}, timeout=SPEAKS_EVERY)
        code, text = await command
        assert code == 0, f"{text}\n{house.log}"
        await self.one_more()
        return text

    async def one_more(self) -> None:
        text = f"number {next(self._numbers):04}"
        await self._anna.says(text)
        self.said.append(text)

    async def was_heard(self) -> None:
        """Each message was heard once, in order."""
        await self._boris.hears(self.said[-1], within=45)
        await self._boris.says("all here")
        await self._anna.hears("all here", within=30)
        heard = [text for text in self._boris.said_to if text.startswith("number")]
        assert heard == self.said


@pytest_asyncio.fixture(loop_scope="module")
async def conversation(house: House) -> AsyncIterator[Conversation]:
    """Begun once no bot is about to be handed over: presses are lost meanwhile."""
    await house.until(bots_are_spread)
    town = Town(house)
    yield Conversation(*await town.chatting(bots=(0, 1)))
    await town.goes_home()


def bots_are_spread(status: dict) -> bool:
    processes, bots = status.get("processes", []), status.get("bots", [])
    ready = [each for each in processes if each["name"].startswith("worker") and each["state"] == "ready"]
    served_by = {bot["worker"] for bot in bots if bot["state"] == "serving"}
    return all(bot["state"] == "serving" for bot in bots) and 0 < len(served_by) == min(len(bots), len(ready))


def workers(status: dict) -> list[str]:
    return [process["name"] for process in status["processes"] if process["name"].startswith("worker")]


async def test_a_profile_changed_at_one_worker_is_known_to_another_at_once(house: House):
    """Though an active session there remembers the old profile for minutes."""
    await house.until(bots_are_spread)
    town = Town(house)
    anna = await town.registered(bot=0, age="25")
    here, there = town.bots
    for bot in (there, here):
        await anna.says("/profile", to=bot)
        card = await anna.hears("Age: 25")
    await anna.presses("Change age", card["id"])
    await anna.hears("old are you")
    await anna.says("31", to=here)
    await anna.hears("Saved")
    shown = ""
    async with asyncio.timeout(AT_ONCE):
        while "Age: 31" not in shown:
            await anna.says("/profile", to=there)
            shown = (await anna.hears("Age: "))["text"]


async def test_a_rolling_restart(house: House, conversation: Conversation):
    before = {process["name"]: process["pid"] for process in (await house.status())["processes"]}
    await conversation.while_running(house, "restart")
    await conversation.was_heard()
    after = {process["name"]: process["pid"] for process in (await house.until_healthy())["processes"]}
    assert {name for name, pid in before.items() if after[name] != pid} == {"worker-1", "worker-2", "panel"}


async def test_scaling_down_and_up(house: House, conversation: Conversation):
    await conversation.while_running(house, "scale", "1")
    assert workers(await house.until_healthy()) == ["worker-1"]
    await conversation.while_running(house, "restart", "worker-1")
    assert workers(await house.until_healthy()) == ["worker-2"]
    await conversation.while_running(house, "scale", "2")
    assert workers(await house.until_healthy()) == ["worker-1", "worker-2"]
    await conversation.was_heard()


async def test_a_drained_bot_is_silent_until_it_is_resumed(house: House, conversation: Conversation):
    bot = (await house.until_healthy())["bots"][1]
    text = await conversation.while_running(house, "drain", f"@{bot['username']}")
    assert f"nobody serves @{bot['username']} now" in text
    states = {each["id"]: each["state"] for each in (await house.status())["bots"]}
    assert (states.pop(bot["id"]), set(states.values())) == ("drained", {"serving"})
    text = await conversation.while_running(house, "resume", "2")
    assert f"@{bot['username']} is served by worker-" in text
    await conversation.was_heard()


@pytest.fixture
def own_redis() -> Iterator[RedisServer]:
    """The shared server has one database, in which the workers of `house` would take the bots."""
    server = RedisServer()
    server.start()
    yield server
    server.remove()


async def test_a_house_that_is_stopped_sends_waiting_messages_and_releases_its_leases(tmp_path_factory, own_redis, postgres):
    """Anna sends faster than a bot may pass on. Telegram is another process, and shows what arrived."""
    folder = tmp_path_factory.mktemp("stopped")
    stores = {"REDIS_URL": own_redis.url, "POSTGRES_URI": postgres.new_database()}
    slow = {"MASQUERADE_PACING__CHAT_RATE": "4", "MASQUERADE_PACING__CHAT_BURST": "1"}
    async with telegram(folder / "telegram") as endpoint, Redis.from_url(stores["REDIS_URL"]) as redis:
        house = house_at(folder / "house", endpoint, **slow, **stores)
        try:
            await house.start()
            await house.until(bots_are_spread)
            anna, boris = await Town(house).chatting(bots=(0, 1))
            assert len(await redis.keys("*:lease:*")) == 2
            await talk(anna, 0, 12)
            await anna.says("/help")
            await anna.hears("/stop")  # the messages before it are being sent
            assert await house.stop() == 0
            await boris.listens()
            assert numbers(boris) == [f"number {number:02}" for number in range(12)]
            assert await redis.keys("*:lease:*") == []
        finally:
            await house.close()
