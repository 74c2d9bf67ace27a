"""Required channels: joining, leaving, and channels whose members a bot cannot see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="module")

RECHECK = 1.0


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Two required channels. The first bot is an admin of both, the second of none."""
    house = House(
        tmp_path_factory.mktemp("channels"),
        REQUIRED_CHANNEL_1="@sandbox_news",
        REQUIRED_CHANNEL_2="@second_news",
        MASQUERADE_CHANNELS__RECHECK_SECONDS=str(RECHECK),
    )
    try:
        await house.start()
        await add_channel(house, "second_news", "Second News", admins=["sandbox_one_bot"])
        yield house
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await town.goes_home()


async def add_channel(house: House, username: str, title: str, *, admins: list[str]) -> None:
    answer = await house.http.post("/api/channels", json={"username": username, "title": title, "admins": admins})
    assert answer.status_code < 300, answer.text


async def moves(person: Person, how: str, *channels: str) -> None:
    """`how`: join or leave."""
    for channel in channels:
        answer = await person._house.http.post(f"/api/users/{person.id}/{how}", json={"channel": channel})
        assert answer.status_code < 300, answer.text


def urls(message: dict[str, Any]) -> list[str]:
    return [button["url"] for row in message["keyboard"]["rows"] for button in row if "url" in button]


async def answers_gender_and_age(person: Person) -> None:
    question = await person.hears("gender")
    await person.presses("Female", question["id"])
    await person.hears("old are you")
    await person.says("25")
    await person.hears("Saved")


async def test_somebody_new_joins_presses_i_joined_and_goes_on(town: Town):
    anna = await town.person()
    await anna.says("/start")
    await anna.hears("Welcome")
    request = await anna.hears("Please join first")
    assert urls(request) == ["https://t.me/sandbox_news", "https://t.me/second_news"]
    assert "Sandbox News" in str(request["keyboard"])
    await anna.presses("I joined ✅", request["id"])
    await anna.hears("2 channels are left", kind="answer")
    await moves(anna, "join", "sandbox_news")
    await anna.presses("I joined ✅", request["id"])
    await anna.hears("one channel is left", kind="answer")
    left = await anna.hears("Please join first", kind="edit")
    assert urls(left) == ["https://t.me/second_news"]
    await moves(anna, "join", "second_news")
    await anna.presses("I joined ✅", request["id"])
    await anna.hears("Thank you", kind="edit")
    await answers_gender_and_age(anna)
    await anna.says("/find")
    await anna.hears("Looking")


async def test_messages_do_not_lead_past_the_channels(town: Town):
    anna = await town.person()
    await anna.says("/start")
    await anna.hears("Please join first")
    await anna.says("let me in")
    await anna.hears("Please join first")
    await anna.says("/find")
    await anna.hears("Please join first")
    assert not any("gender" in text for text in anna.said_to)


async def test_who_left_a_channel_finds_nobody_until_back(town: Town):
    anna = await town.person()
    await moves(anna, "join", "sandbox_news", "second_news")
    await anna.says("/start")
    await answers_gender_and_age(anna)
    await moves(anna, "leave", "second_news")
    request = await finds_until_asked_to_join(anna)
    assert urls(request) == ["https://t.me/second_news"]
    await moves(anna, "join", "second_news")
    await anna.presses("I joined ✅", request["id"])
    menu = await anna.hears("Find partner")
    assert menu["keyboard"]["kind"] == "reply"
    await anna.says("🔍 Find partner")
    await anna.hears("Looking")


async def finds_until_asked_to_join(person: Person) -> dict[str, Any]:
    """A membership is remembered for a while. Until then a search begins, and is cancelled here."""
    for _ in range(20):
        await person.says("/find")
        heard = await person.hears("")
        if "join" in heard["text"]:
            return heard
        await person.says("/stop")
        await person.hears("cancelled")
        await person.listens(RECHECK / 4)
    raise AssertionError(f"a search begins without the channel: {person.said_to}")


async def test_next_keeps_the_chat_of_somebody_who_left_a_channel(town: Town):
    anna, boris = await town.person(), await town.person()
    for person in (anna, boris):
        await moves(person, "join", "sandbox_news", "second_news")
        await person.says("/start")
        await answers_gender_and_age(person)
        await person.says("/find")
        await person.hears("Looking" if person is anna else "Partner found")
    await anna.hears("Partner found")
    await moves(anna, "leave", "sandbox_news")
    await anna.listens(RECHECK)
    await anna.says("/next")
    await anna.hears("Please join first")
    await anna.says("still here")
    await boris.hears("still here")


async def test_a_bot_that_cannot_look_lets_people_in_and_the_operator_is_told(town: Town):
    """The last test of this house: from now on its status has a problem."""
    anna = await town.person(bot=1)
    await anna.says("/start")
    await answers_gender_and_age(anna)
    await anna.says("/find")
    await anna.hears("Looking")
    status = await town.house.status()
    mend = "@sandbox_two_bot cannot see who is in @sandbox_news (CHAT_ADMIN_REQUIRED): make @sandbox_two_bot an admin"
    assert any(mend in problem for problem in status["problems"]), status["problems"]
    _, page = await town.house.command("status")
    assert mend in page
    errors = (town.house.folder / "logs" / "combined.log").read_text()
    assert errors.count("cannot see who is in @sandbox_news") == 1


async def test_where_the_setting_says_closed_nobody_comes_in_unseen(tmp_path_factory: pytest.TempPathFactory):
    house = House(
        tmp_path_factory.mktemp("closed"),
        REQUIRED_CHANNEL_1="@sandbox_news",
        REQUIRED_CHANNEL_2="@strangers_news",
        MASQUERADE_CHANNELS__WHEN_UNVERIFIABLE="closed",
    )
    try:
        await house.start()
        await add_channel(house, "strangers_news", "Strangers' News", admins=[])
        town = Town(house)
        anna = await town.person()
        await moves(anna, "join", "sandbox_news", "strangers_news")
        await anna.says("/start")
        request = await anna.hears("Right now I cannot see who has joined")
        assert urls(request) == ["https://t.me/strangers_news"]
        await anna.presses("I joined ✅", request["id"])
        await anna.hears("cannot see right now", kind="answer")
        status = await house.status()
        assert any("@strangers_news" in problem and "nobody counts as joined" in problem for problem in status["problems"])
    finally:
        await house.close()
