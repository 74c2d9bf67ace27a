"""The clock is set, and the disk is full: on the embedded stores, which use this machine's clock and disk."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
import pytest_asyncio

from tests.control.supervisors import eventually
from tests.faults.machine import Clock, disk_full
from tests.faults.rig import problems
from tests.system.house import House
from tests.system.people import Person, Town, meet

pytestmark = [pytest.mark.timeout(240), pytest.mark.asyncio(loop_scope="module")]

HOUR = 3600.0
TOLD_WITHIN = 30.0
TESTS = 4
Couple = tuple[Person, Person]


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Clock:
    return Clock(tmp_path_factory.mktemp("clock"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory, clock: Clock) -> AsyncIterator[Town]:
    environment = {"MASQUERADE_CLUSTER__LEASE_SECONDS": "6", "MASQUERADE_FLOOD__BURST": "10", **clock.environment}
    house = House(tmp_path_factory.mktemp("house"), **environment)
    try:
        yield Town(await house.start())
    finally:
        await house.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def couples(town: Town) -> list[Couple]:
    """Registered before the clock is set: if it goes ahead, leases run out, and presses are lost until the bots are taken
    again.
    """
    return [await town.couple(bots=(0, 1)) for _ in range(TESTS)]


@pytest.fixture
def couple(couples: list[Couple]) -> Couple:
    """A pair for this test alone."""
    return couples.pop()


async def goes_on(anna: Person, boris: Person, text: str) -> None:
    for speaker, listener in ((anna, boris), (boris, anna)):
        await speaker.says(f"{text}?")
        await listener.hears(f"{text}?", within=TOLD_WITHIN)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["forward", "back"])
async def test_chats_go_on_when_the_clock_is_set(town: Town, couple: Couple, clock: Clock, jump: float):
    anna, boris = await meet(*couple)
    clock.is_off_by(jump)
    status = await town.house.until(lambda status: "clock was set" in problems(status))
    assert f"{jump:+.0f} s" in problems(status)
    await goes_on(anna, boris, "still here")
    clock.is_off_by(0.0)
    await town.house.until_healthy()
    await goes_on(anna, boris, "and now")
    for person in (anna, boris):
        assert [text for text in person.said_to if text in {"still here?", "and now?"}] == ["still here?", "and now?"]
    await boris.says("/stop")
    await anna.hears("left the chat", within=TOLD_WITHIN)


async def test_whoever_was_told_to_slow_down_is_answered_again_when_the_clock_was_set_back(
    town: Town, couple: Couple, clock: Clock
):
    anna, _ = couple
    while "slower" not in "".join(anna.said_to):
        await asyncio.gather(*(anna.says("/profile") for _ in range(20)))
        await anna.listens(0.2)
    clock.is_off_by(-HOUR)
    await anna.says("/help")
    await anna.hears("How it works", within=TOLD_WITHIN)
    clock.is_off_by(0.0)
    await town.house.until_healthy()


async def test_a_full_disk_is_reported_and_breaks_nothing(town: Town, couple: Couple):
    house = town.house
    anna, boris = await meet(*couple)
    stranger = await town.person()
    with disk_full(await house.pid_of("worker-1")), disk_full((await house.status())["pid"]):
        await goes_on(anna, boris, "this needs no disk")
        await stranger.says("/start")
        await stranger.hears("trouble right now", within=TOLD_WITHIN)
        for told in ("SQLite", "combined.log cannot be written"):
            await house.until(lambda status, told=told: told in problems(status))
    await house.until_healthy()
    await stranger.says("/start")
    await stranger.hears("gender")
    await boris.says("/stop")
    await anna.hears("left the chat", within=TOLD_WITHIN)
    with closing(sqlite3.connect(house.folder / "var" / "masquerade.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM chats WHERE ended_at IS NULL").fetchone() == (0,)
    log = house.folder / "logs" / "combined.log"
    await eventually(lambda: any("log lines could not be written" in json.loads(line)["text"] for line in whole_lines(log)))


def whole_lines(log: Path) -> list[str]:
    """Another process may be in the middle of one."""
    return log.read_text().rpartition("\n")[0].splitlines()
