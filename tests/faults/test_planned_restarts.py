"""Restarts, stops and cut connections of the default installation (one worker, SQLite, memory://, two bots) while people talk."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.faults.crowd import Crowd
from tests.system.house import House
from tests.system.telegram import house_at, telegram

pytestmark = [pytest.mark.timeout(300), pytest.mark.asyncio]
RESTARTS, STOPS, CUTS = 6, 2, 12


@pytest_asyncio.fixture
async def endpoint(tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    async with telegram(tmp_path / "telegram") as endpoint:
        yield endpoint


@pytest_asyncio.fixture
async def house(tmp_path: Path, endpoint: dict[str, Any]) -> AsyncIterator[House]:
    house = house_at(tmp_path / "house", endpoint)
    try:
        yield await house.start()
    finally:
        await house.close()


@pytest_asyncio.fixture
async def crowd(house: House, endpoint: dict[str, Any]) -> AsyncIterator[Crowd]:
    crowd = Crowd(f"http://127.0.0.1:{endpoint['http_port']}", pairs=8, pause=0.8, pictures=0.2)
    yield await crowd.gathers()
    await crowd.goes_home()


async def test_nothing_is_lost_doubled_or_told_wrongly_by_restarts_stops_and_cut_connections(house: House, crowd: Crowd):
    bots = [bot["username"] for bot in (await house.http.get("/api/bots")).json()]
    for _ in range(RESTARTS):
        await is_busy_for_a_moment(house, bots)
        code, said = await house.command("restart", "worker-1")
        assert code == 0, said
        await house.until_healthy()
    for _ in range(STOPS):
        await is_busy_for_a_moment(house, bots)
        assert await house.stop() == 0
        await house.start()
    for _ in range(CUTS):
        await house.fault("drop", bot=random.choice(bots))
        await asyncio.sleep(random.uniform(0.1, 0.5))
    await crowd.falls_silent()
    verdict = crowd.audit.verdict()
    assert not (verdict.lost or verdict.doubled or verdict.astray), f"{verdict}\n{house.log}"
    assert {*verdict.reordered} <= crowd.pictures, "only a picture may arrive after a later message"
    assert wrongly_told(crowd) == [], f"{verdict}\n{house.log}"


async def is_busy_for_a_moment(house: House, bots: list[str]) -> None:
    """Each bot has to wait a second with a send, so that it takes as long to stop."""
    for bot in bots:
        await house.fault("flood_wait", bot=bot, method="messages.SendMessage", seconds=1)


def wrongly_told(crowd: Crowd) -> list[str]:
    """Notices that a message was not delivered, though all arrived."""
    return [text for phone in crowd.phones.values() for text in phone.told if "elivered" in text or "too fast" in text]
