"""Settings that are changed at run time: in force in every process within a second, on both kinds of stores."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from control.client import SupervisorClient
from control.worker.configuration_reader import POLL_SECONDS
from storage.sql.configurations import Change, SqlConfigurations
from storage.sql.database import Database, open_database
from tests.system.house import House
from tests.system.people import Person, Town, numbers, talk
from tests.system.telegram import house_at, telegram

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

AT_ONCE = 1.0
"""Seconds from the save until the last process has it."""


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["one worker on memory and SQLite", "two on Redis and PostgreSQL"]
)
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    environment: dict[str, str] = {}
    if request.param.startswith("two"):
        redis, postgres = request.getfixturevalue("redis_server"), request.getfixturevalue("postgres")
        environment = {"WORKERS": "2", "REDIS_URL": redis.new_database(), "POSTGRES_URI": postgres.new_database()}
    house = House(tmp_path_factory.mktemp("live"), **environment)
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest_asyncio.fixture(loop_scope="module")
async def town(house: House) -> AsyncIterator[Town]:
    town = Town(house)
    yield town
    await town.goes_home()


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def nothing_is_left_saved(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    yield
    if "house" not in request.fixturenames:
        return
    house: House = request.getfixturevalue("house")
    async with records(house) as database:
        store = SqlConfigurations(database)
        rows = await store.rows()
        empty = [Change(section=row.section, version=row.version, value={}) for row in rows.values()]
        versions = await store.save(empty, by="the test")
    await SupervisorClient(house.folder / "var").announce(versions)


async def config(house: House, *arguments: str) -> tuple[int, Any]:
    code, text = await house.command("config", *arguments, "--json")
    return code, json.loads(text) if code in {0, 1} and text.startswith(("{", "[")) else text


def processes(house: House) -> list[str]:
    workers = int(house.environment.get("WORKERS", "1"))
    return [*(f"worker-{number}" for number in range(1, workers + 1)), "panel"]


@asynccontextmanager
async def chats_going_on(town: Town) -> AsyncIterator[None]:
    """People talk in both directions within the block, at one bot and between bots. All messages arrive once and in order."""
    couples = [await town.chatting(bots=(0, 0)), await town.chatting(bots=(0, 1))]
    over = asyncio.Event()

    async def goes_on(speaker: Person) -> int:
        said = 0
        while not over.is_set():
            await talk(speaker, said, said + 1)
            said += 1
            await asyncio.sleep(0.2)
        return said

    speaking = [(asyncio.create_task(goes_on(one)), other) for pair in couples for one, other in (pair, pair[::-1])]
    try:
        yield
    finally:
        over.set()
        for talking, listener in speaking:
            said = await talking
            await listener.hears(f"number {said - 1:02}")
            assert numbers(listener) == [f"number {number:02}" for number in range(said)]


@asynccontextmanager
async def records(house: House) -> AsyncIterator[Database]:
    uri = house.environment.get("POSTGRES_URI") or f"sqlite:{house.folder}/var/masquerade.db"
    database = await open_database(uri, pool_size=1)
    try:
        yield database
    finally:
        await database.close()


def took_up(house: House, what: str) -> set[str]:
    """The processes whose log says that they took up the change."""
    lines = (house.folder / "logs" / "combined.log").read_text().splitlines()
    return {json.loads(line)["process"] for line in lines if what in line and "changed" in line}


async def types_an_age(town: Town, bot: int, age: str, heard: str) -> None:
    person = await town.person(bot=bot)
    await person.says("/start")
    question = await person.hears("gender")
    await person.presses("Female", question["id"])
    await person.hears("old are you")
    await person.says(age)
    await person.hears(heard)


async def test_a_saved_value_is_in_force_in_every_process_within_a_second_while_people_talk(house: House, town: Town):
    async with chats_going_on(town):
        code, saved = await config(house, "set", "profile.max_age", "40")
        announced = saved["announced"]
        assert [each["process"] for each in announced["processes"] if each["yes"]] == processes(house)
        assert code == 0
        assert announced["seconds"] < AT_ONCE
        for bot in (0, 1):
            await types_an_age(town, bot, "41", "40")
        await config(house, "unset", "profile.max_age")
        for bot in (0, 1):
            await types_an_age(town, bot, "41", "Saved")


async def test_channels_that_are_required_from_now_on_are_asked_for_and_then_no_more(house: House, town: Town):
    anna = await town.registered(bot=0)
    code, _ = await config(house, "set", "channels.required", '["@sandbox_news"]')
    assert code == 0
    await anna.says("/find")
    await anna.hears("join")
    await config(house, "undo", "channels.required")
    await anna.says("/find")
    await anna.hears("Looking")


async def test_get_says_the_value_and_where_it_comes_from(house: House):
    await config(house, "set", "profile.max_age", "40", "--by", "anna")
    code, text = await house.command("config", "get", "profile.max_age")
    assert code == 0
    assert re.match(r"profile\.max_age = 40  \(saved by anna, \d+ s ago; without it: 120 from default\)\n", text)


async def test_a_wrong_value_ends_with_code_2_and_changes_nothing(house: House):
    before = await config(house, "history", "profile")
    code, text = await config(house, "set", "profile.max_age", "-4", "flood.burst", "9")
    assert code == 2
    assert "profile.max_age: '-4' is not a whole number from 0 to 150" in text
    assert await config(house, "history", "profile") == before
    assert (await config(house, "get", "flood.burst"))[1]["source"] == "default"


async def test_a_stale_write_ends_with_who_and_what(house: House):
    _, saved = await config(house, "set", "profile.max_age", "40", "--by", "anna")
    version = saved["versions"]["profile"]
    await config(house, "set", "profile.max_age", "50", "--by", "boris")
    code, text = await config(house, "set", "profile.max_age", "60", "--version", str(version))
    assert code == 1
    assert "boris saved" in text
    assert "max_age 40 → 50" in text


async def test_a_change_that_nobody_announced_is_in_force_within_ten_seconds(house: House, town: Town):
    """As if the announcement was lost, or on a machine whose Redis was away."""
    _, saved = await config(house, "set", "profile.max_age", "50")
    version = saved["versions"]["profile"]
    async with records(house) as database:
        store = SqlConfigurations(database)
        change = Change(section="profile", version=version, value={"max_age": 40})
        await store.save([change], by="nobody")
    async with asyncio.timeout(POLL_SECONDS + AT_ONCE):
        while took_up(house, f"profile (version {version + 1})") != set(processes(house)):  # noqa: ASYNC110 - in other processes
            await asyncio.sleep(0.1)
    for bot in (0, 1):
        await types_an_age(town, bot, "41", "40")


async def test_a_bad_value_in_the_store_is_a_problem_in_status_until_it_is_taken_back(house: House):
    await config(house, "set", "chat.idle_minutes", "30")
    async with records(house) as database, database.transaction() as connection:
        await connection.execute("UPDATE configuration SET value = '{\"idle_minutes\": -1}' WHERE section = 'chat'")
    await config(house, "set", "flood.burst", "61")  # each process then reads all sections
    status = await house.until(lambda status: any("configuration chat" in line for line in status.get("problems", [])))
    assert "chat.idle_minutes: -1 is refused" in str(status["problems"])
    assert (await config(house, "get", "chat.idle_minutes"))[1]["value"] == 30.0
    await config(house, "undo", "chat")
    await house.until_healthy()


async def test_what_was_saved_outlives_a_restart_and_is_changed_on_a_stopped_house_too(house: House, town: Town):
    await config(house, "set", "profile.max_age", "40")
    assert await house.stop() == 0
    code, text = await house.command("config", "set", "profile.max_age", "41")
    assert code == 0
    assert "in force from the next start" in text
    await house.start()
    await types_an_age(town, 0, "42", "41")


async def test_what_is_saved_on_one_machine_is_in_force_on_another_within_two_seconds(
    tmp_path: Path, redis_url: str, postgres_uri: str
):
    """Two installations that share the stores, as two machines do."""
    stores = {"REDIS_URL": redis_url, "POSTGRES_URI": postgres_uri, "ENCRYPTION_KEY": base64.b64encode(bytes(32)).decode()}
    async with telegram(tmp_path / "telegram") as endpoint:
        houses = [house_at(tmp_path / name, endpoint, **stores) for name in ("first", "second")]
        try:
            await asyncio.gather(*(house.start() for house in houses))
            code, _ = await config(houses[0], "set", "profile.max_age", "40")
            assert code == 0
            async with asyncio.timeout(2.0):
                while took_up(houses[1], "profile (version 1)") != {"worker-1", "panel"}:  # noqa: ASYNC110 - in other processes
                    await asyncio.sleep(0.05)
        finally:
            await asyncio.gather(*(house.close() for house in houses))
