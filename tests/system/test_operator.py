"""The operator rolls, scales and drains a real house while people talk: nothing is lost, doubled or out of order."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from redis.asyncio import Redis

from tests.system.house import House
from tests.system.people import Person, Town, numbers, talk
from tests.system.telegram import house_at, telegram

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]
SPEAKS_EVERY = 0.5
AT_ONCE = 10.0
"""Seconds, on a busy machine; a profile is remembered for three minutes."""


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
    """Two people at two bots; she speaks as long as something else lasts, and no faster than a bot may pass it on."""

    def __init__(self, anna: Person, boris: Person) -> None:
        self._anna, self._boris = anna, boris
        self._numbers = itertools.count()
        self.said: list[str] = []

    async def goes_on_while(self, house: House, *arguments: str) -> str:
        """What the command said; it succeeded."""
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
        """Each message once, in order."""
        await self._boris.hears(self.said[-1], within=45)
        await self._boris.says("all here")
        await self._anna.hears("all here", within=30)
        heard = [text for text in self._boris.said_to if text.startswith("number")]
        assert heard == self.said


@pytest_asyncio.fixture(loop_scope="module")
async def conversation(house: House) -> AsyncIterator[Conversation]:
    """Begun once no bot is about to move: what is pressed meanwhile is lost."""
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


async def test_what_somebody_changes_at_one_worker_another_knows_at_once(house: House):
    """Though it remembers them for minutes, and they are awake there."""
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
    await conversation.goes_on_while(house, "restart")
    await conversation.was_heard()
    after = {process["name"]: process["pid"] for process in (await house.until_healthy())["processes"]}
    assert {name for name, pid in before.items() if after[name] != pid} == {"worker-1", "worker-2", "panel"}


async def test_fewer_workers_and_more_again(house: House, conversation: Conversation):
    await conversation.goes_on_while(house, "scale", "1")
    assert workers(await house.until_healthy()) == ["worker-1"]
    await conversation.goes_on_while(house, "restart", "worker-1")
    assert workers(await house.until_healthy()) == ["worker-2"]
    await conversation.goes_on_while(house, "scale", "2")
    assert workers(await house.until_healthy()) == ["worker-1", "worker-2"]
    await conversation.was_heard()


async def test_a_drained_bot_is_silent_until_it_is_resumed(house: House, conversation: Conversation):
    bot = (await house.until_healthy())["bots"][1]
    text = await conversation.goes_on_while(house, "drain", f"@{bot['username']}")
    assert f"nobody serves @{bot['username']} now" in text
    states = {each["id"]: each["state"] for each in (await house.status())["bots"]}
    assert (states.pop(bot["id"]), set(states.values())) == ("drained", {"serving"})
    text = await conversation.goes_on_while(house, "resume", "2")
    assert f"@{bot['username']} is served by worker-" in text
    await conversation.was_heard()


async def test_a_house_that_is_stopped_first_sends_what_waits_and_gives_its_bots_back(tmp_path_factory, redis_server, postgres):
    """She speaks faster than a bot may pass it on. Telegram is another process, and shows what arrived."""
    folder = tmp_path_factory.mktemp("stopped")
    stores = {"REDIS_URL": redis_server.new_database(), "POSTGRES_URI": postgres.new_database()}
    slow = {"MASQUERADE_PACING__CHAT_RATE": "4", "MASQUERADE_PACING__CHAT_BURST": "1"}
    async with telegram(folder / "telegram") as endpoint, Redis.from_url(stores["REDIS_URL"]) as redis:
        house = house_at(folder / "house", endpoint, **slow, **stores)
        try:
            await house.start()
            anna, boris = await Town(house).chatting(bots=(0, 1))
            assert len(await redis.keys("*:lease:*")) == 2
            await talk(anna, 0, 12)
            await anna.says("/help")
            await anna.hears("/stop")  # what she said before it is on its way
            assert await house.stop() == 0
            await boris.listens()
            assert numbers(boris) == [f"number {number:02}" for number in range(12)]
            assert await redis.keys("*:lease:*") == []
        finally:
            await house.close()
