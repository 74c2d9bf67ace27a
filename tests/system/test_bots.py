"""Bots are added, rotated, drained and removed while people talk: by the command line, on both kinds of stores."""

from __future__ import annotations

import itertools
import json
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.conftest import HOUSES
from tests.system.house import House
from tests.system.people import Person, Town, meet

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]
AT_ONCE = 10.0
"""Seconds until a new bot answers."""
_numbers = itertools.count(1)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=HOUSES)
async def house(request, tmp_path_factory: pytest.TempPathFactory, redis_server, postgres) -> AsyncIterator[House]:
    """The stores of `make run`; then PostgreSQL and Redis with two workers."""
    folder: Path = tmp_path_factory.mktemp("house")
    stores = {} if request.param == HOUSES[0] else {
        "REDIS_URL": redis_server.new_database(), "POSTGRES_URI": postgres.new_database(), "WORKERS": "2",
    }  # fmt: skip
    house = House(folder, **stores)
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await town.goes_home()


async def made(house: House) -> dict[str, Any]:
    """A bot of the sandbox that nobody runs yet."""
    answer = await house.http.post("/api/bots", json={"username": f"added_{next(_numbers)}_bot"})
    bot: dict[str, Any] = answer.json()
    return bot


async def done(house: House, *words: str) -> Any:
    code, text = await house.command("bots", *words, "--json")
    assert code == 0, f"{text}\n{house.log}"
    return json.loads(text)


async def refused(house: House, *words: str) -> str:
    code, text = await house.command("bots", *words)
    assert code == 2, text
    return text


async def added(house: House, town: Town) -> tuple[dict[str, Any], int]:
    """A bot that is served, and its place among those of the town."""
    bot = await made(house)
    await done(house, "add", bot["token"])
    await house.until(partial(is_in, bot, "serving"), 30)
    await town.person()
    town.bots = [each["username"] for each in (await house.http.get("/api/bots")).json()]
    return bot, town.bots.index(bot["username"])


def is_in(bot: dict[str, Any], state: str, status: dict[str, Any]) -> bool:
    return any(each["id"] == bot["id"] and each["state"] == state for each in status["bots"])


async def one_of(house: House, bot: dict[str, Any]) -> dict[str, Any] | None:
    return next((each for each in await done(house, "list") if each["id"] == bot["id"]), None)


async def test_a_new_bot_answers_within_ten_seconds_and_its_token_is_never_shown(house: House, town: Town):
    bot = await made(house)
    anna = await town.person()
    told = await done(house, "add", bot["token"], "--by", "olga")
    assert told["running"]
    assert all(each["yes"] for each in told["processes"]), told
    await anna.says("/start", to=bot["username"])
    await anna.hears("gender", within=AT_ONCE)
    found = await one_of(house, bot)
    assert found is not None
    secret = bot["token"].partition(":")[2]
    assert found["token"] == f"{bot['id']}:••••{secret[-4:]}"
    assert (found["origin"], found["state"], found["by"]) == ("panel", "active", "olga")
    assert secret not in "\n".join(file.read_text() for file in (house.folder / "logs").iterdir())
    assert secret not in (await house.command("bots", "list"))[1]


async def test_people_of_an_added_bot_meet_those_of_the_others(house: House, town: Town):
    _, place = await added(house, town)
    anna, boris = await town.chatting(bots=(place, 0))
    await anna.says("hello")
    await boris.hears("hello")
    await boris.says("and back")
    await anna.hears("and back")


async def test_a_removed_bot_ends_its_chats_and_searches_and_both_sides_are_told(house: House, town: Town):
    bot, place = await added(house, town)
    anna, boris = await town.chatting(bots=(place, 0))
    carla = await town.registered(bot=place, age="14")
    await carla.says("/find")
    await carla.hears("Looking")
    await anna.says("last words")
    await boris.hears("last words")
    assert (await one_of(house, bot) or {})["chats"] == 1
    await done(house, "remove", bot["username"])
    await boris.hears("we lost the connection to your partner")
    assert "@sandbox_one_bot" in (await anna.hears("this chat has ended"))["text"]
    await carla.hears("your search has ended")
    assert await one_of(house, bot) is None
    status = await house.until(lambda status: all(each["id"] != bot["id"] for each in status["bots"]), 20)
    assert status["healthy"], status["problems"]
    dora = await town.registered(gender="Male")
    await meet(boris, dora)
    for person in (anna, carla):
        person.away = True


async def test_a_removed_bot_may_be_added_again(house: House, town: Town):
    bot, place = await added(house, town)
    await done(house, "remove", str(bot["id"]))
    await done(house, "add", bot["token"])
    anna = Person(house, (await town.person()).id, town.bots[place])
    await anna.says("/start")
    await anna.hears("gender", within=AT_ONCE)


async def test_a_drained_bot_takes_no_new_people_and_its_chats_go_on(house: House, town: Town):
    bot, place = await added(house, town)
    anna, boris = await town.chatting(bots=(place, 0))
    carla = await town.registered(bot=place)
    await done(house, "drain", f"@{bot['username']}")
    stranger = await town.person(bot=place)
    for newcomer, words in ((stranger, "/start"), (carla, "/find")):
        await newcomer.says(words)
        assert "@sandbox_one_bot" in (await newcomer.hears("takes no new chats"))["text"]
    await anna.says("we go on")
    await boris.hears("we go on")
    await done(house, "resume", str(bot["id"]))
    await stranger.says("/start")
    await stranger.hears("gender", within=AT_ONCE)


async def test_a_rotated_bot_goes_on_with_its_new_token(house: House, town: Town):
    bot, place = await added(house, town)
    anna, boris = await town.chatting(bots=(place, 0))
    token = (await house.http.post(f"/api/bots/{bot['id']}/revoke")).json()["token"]
    await boris.says("nobody can bring this")
    status = await house.until(partial(is_in, bot, "refused"), 30)
    assert f"python supervisor.py bots rotate {bot['id']}" in "\n".join(status["problems"])
    await done(house, "rotate", str(bot["id"]), token)
    await house.until(partial(is_in, bot, "serving"), 30)
    await anna.says("still here")
    await boris.hears("still here")


async def test_tokens_that_cannot_be_added_are_told_apart(house: House, town: Town):
    bot, _ = await added(house, town)
    revoked = await made(house)
    await house.http.post(f"/api/bots/{revoked['id']}/revoke")
    before = await done(house, "list")
    assert "already runs" in await refused(house, "add", bot["token"])
    assert "was revoked" in await refused(house, "add", revoked["token"])
    assert "of another API" in await refused(house, "add", f"777000777:{'A' * 35}")
    assert "not a token of a Telegram bot" in await refused(house, "add", "xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOHcbrzqqy")
    assert [each["id"] for each in await done(house, "list")] == [each["id"] for each in before]


async def test_bots_of_the_settings_are_not_removed_here(house: House):
    for words in (("remove", "1"), ("rotate", "1", f"1:{'A' * 35}")):
        assert "BOT_TOKENS" in await refused(house, *words)
    assert "there is no bot nobody_bot" in await refused(house, "remove", "nobody_bot")


async def test_added_bots_are_served_after_a_restart(house: House, town: Town):
    bot, place = await added(house, town)
    await house.kill("worker-1")
    anna = await town.person(bot=place)
    await anna.says("/start")
    await anna.hears("gender", within=30)
    code, text = await house.command("rotate-key")
    assert code == 0, text
    await house.kill("worker-1")
    boris = await town.person(bot=place)
    await boris.says("/start")
    await boris.hears("gender", within=30)
    assert bot["token"] not in house.log


async def test_a_bot_whose_token_was_revoked_is_removed_too(house: House, town: Town):
    bot, place = await added(house, town)
    anna, boris = await town.chatting(bots=(place, 0))
    await house.http.post(f"/api/bots/{bot['id']}/revoke")
    await boris.says("nobody can bring this")
    await house.until(partial(is_in, bot, "refused"), 30)
    await done(house, "remove", str(bot["id"]))
    await boris.hears("we lost the connection to your partner")
    assert await one_of(house, bot) is None
    anna.away = True


async def test_a_removal_is_finished_by_the_next_worker_where_none_runs(house: House, town: Town):
    bot, place = await added(house, town)
    anna, boris = await town.chatting(bots=(place, 0))
    await house.stop()
    code, text = await house.command("bots", "remove", str(bot["id"]))
    assert (code, "at the next run" in text) == (0, True), text
    await house.start()
    await boris.hears("we lost the connection to your partner", within=30)
    await anna.hears("this chat has ended")
    await house.until(lambda status: all(each["id"] != bot["id"] for each in status["bots"]), 20)
    assert await one_of(house, bot) is None
    anna.away = True
