"""Two panels of one house: whoever is logged in is known to both, and whoever logs out is forgotten by both."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from tests.system.house import House

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]
OURS = {"Sec-Fetch-Site": "same-origin"}
FORGOTTEN_WITHIN = 8.0
"""Seconds: a process believes what it has read of a session for five."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder: Path = tmp_path_factory.mktemp("panels")
    house = House(folder)
    try:
        await house.start()
        code, said = await house.command("scale", "panel", "2")
        assert code == 0, said
        yield house
    finally:
        await house.close()


async def logged_in(house: House) -> str:
    """The session's cookie."""
    secret = (await house.login_link()).partition("#")[2]
    async with httpx.AsyncClient(base_url=house.panel_url, trust_env=False, headers=OURS) as browser:
        answer = await browser.post("/api/login", json={"link": secret})
        assert answer.json() == {"state": "accepted"}
        return str(browser.cookies["masquerade"])


async def asked(house: House, session: str, times: int = 16) -> set[int]:
    """Each time by a new connection, which either panel may take."""

    async def one() -> int:
        async with httpx.AsyncClient(base_url=house.panel_url, trust_env=False, cookies={"masquerade": session}) as browser:
            return (await browser.get("/api/sessions", timeout=20)).status_code

    return set(await asyncio.gather(*(one() for _ in range(times))))


async def test_a_session_is_known_to_both_and_its_end_too(house: House):
    session = await logged_in(house)
    assert await asked(house, session) == {200}
    async with httpx.AsyncClient(
        base_url=house.panel_url, trust_env=False, headers=OURS, cookies={"masquerade": session}
    ) as browser:
        assert (await browser.post("/api/logout")).status_code < 300
    await asyncio.sleep(FORGOTTEN_WITHIN)
    assert await asked(house, session) == {401}


async def test_a_restart_of_all_processes_keeps_everybody_in(house: House):
    session = await logged_in(house)
    code, said = await house.command("restart")
    assert code == 0, said
    assert "panel-2 is ready" in said
    assert await asked(house, session) == {200}


async def test_records_are_read_while_the_supervisor_hangs_and_the_rest_says_so(house: House):
    session = await logged_in(house)
    async with httpx.AsyncClient(base_url=house.panel_url, trust_env=False, cookies={"masquerade": session}) as browser:
        with house.hanging():
            await browser.get("/api/sessions", timeout=20)
            began = asyncio.get_running_loop().time()
            records = await browser.get("/api/sessions", timeout=20)
            assert asyncio.get_running_loop().time() - began < 1, "only the first one waits"
            tree = await browser.get("/api/processes", timeout=30)
        assert (records.status_code, tree.status_code) == (200, 503)
        assert tree.json()["error"]["code"] == "unavailable"
        assert (await browser.get("/api/processes", timeout=20)).status_code == 200
