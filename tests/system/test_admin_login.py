"""An admin logs in to the panel with a phone of the sandbox, and with the command line; others do not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from tests.system.house import House
from tests.system.people import Person, Town

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="module")]
OWNERS = (8_100_000_001, 8_100_000_002)
"""The ids of the first two people."""
CHANNEL = 2_300_000_002
"""The number of the first channel that is added to a new sandbox."""
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

SECRETS: list[str] = []
"""Codes and cookies of the tests so far."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    folder = tmp_path_factory.mktemp("login")
    owners = ",".join(map(str, OWNERS))
    house = House(folder, ADMIN_TELEGRAM_IDS=owners, ADMIN_CONTROL_CHAT_ID=f"-100{CHANNEL}")
    try:
        await house.start()
        admins = [bot["username"] for bot in (await house.http.get("/api/bots")).json()]
        await house.http.post("/api/channels", json={"title": "Operators", "admins": admins})
        yield house
    finally:
        await house.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def people(house: House) -> list[Person]:
    """Olga and Oleg, who are owners, and Anna and Boris, who are not."""
    town = Town(house)
    people = [await town.person() for _ in range(4)]
    assert tuple(each.id for each in people[:2]) == OWNERS
    return people


@pytest_asyncio.fixture(loop_scope="module")
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"User-Agent": FIREFOX, "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=house.panel_url, headers=headers, timeout=20) as client:
        yield client


async def asks(browser: httpx.AsyncClient, user: int) -> dict[str, Any]:
    answer = await browser.post("/api/request-login", json={"telegram_id": user})
    assert answer.status_code == 200, answer.text
    opened: dict[str, Any] = answer.json()
    SECRETS.extend((opened["code"], browser.cookies["masquerade-login"]))
    return opened


async def state(browser: httpx.AsyncClient) -> str:
    return str((await browser.get("/api/login")).json()["state"])


async def posted(house: House, text: str) -> None:
    while True:
        posts = (await house.http.get(f"/api/channels/{CHANNEL}/posts")).json()["posts"]
        if any(text in each["text"] for each in posts):
            return
        await house.status()


async def test_an_owner_logs_in_by_code_and_number_and_is_told(house: House, people: list[Person], browser: httpx.AsyncClient):
    olga, *_ = people
    assert (await browser.get("/api/overview")).status_code == 401
    opened = await asks(browser, olga.id)
    assert {bot["username"] for bot in opened["bots"]} >= {olga.bot}
    assert all(bot["link"].startswith(f"{house.phones_url}/#user={olga.id}&") for bot in opened["bots"])
    assert await state(browser) == "waiting"
    await olga.says(f"/admin_login {opened['code'][:4].lower()} {opened['code'][4:].lower()}")
    question = await olga.hears("Log in to the panel?")
    assert "Firefox on Linux, 127.0.0.1" in question["text"]
    await olga.presses(str(opened["number"]), question["id"])
    await olga.hears("You are let in", kind="edit")
    assert await state(browser) == "accepted"
    overview = await browser.get("/api/overview")
    assert overview.status_code == 200
    await olga.hears("You are logged in to the panel: Firefox on Linux")
    await posted(house, f"admin {olga.id} is logged in to the panel")
    assert (await browser.post("/api/logout")).status_code == 200
    assert (await browser.get("/api/overview")).status_code == 401


async def test_an_act_waits_for_the_answer_in_telegram(people: list[Person], browser: httpx.AsyncClient):
    olga, *_ = people
    opened = await asks(browser, olga.id)
    await olga.says(f"/admin_login {opened['code']}")
    await olga.presses(str(opened["number"]), (await olga.hears("Log in to the panel?"))["id"])
    while await state(browser) == "waiting":
        await olga.listens()
    wanted = {"name": "bench", "role": "viewer", "days": 1}
    needed = (await browser.post("/api/tokens", json=wanted)).json()["error"]
    assert needed["code"] == "answer"
    question = await olga.hears("Agree to this?")
    assert "Make the API token bench for a viewer, good for 1 days." in question["text"]
    assert (await browser.post("/api/tokens", json=wanted)).status_code == 403
    await olga.presses(str(needed["now"]["number"]), question["id"])
    await olga.hears("You have agreed: Make the API token bench", kind="edit")
    assert (await browser.post("/api/tokens", json=wanted)).status_code == 201
    assert (await browser.post("/api/tokens", json={**wanted, "name": "other"})).status_code == 403


async def test_a_refusal_at_the_other_bot_by_a_link_alerts_the_other_owner(
    house: House, people: list[Person], browser: httpx.AsyncClient
):
    olga, oleg, *_ = people
    opened = await asks(browser, oleg.id)
    other = next(bot["username"] for bot in opened["bots"] if bot["username"] != olga.bot)
    oleg = Person(house, oleg.id, other)
    await oleg.says(f"/start login_{opened['code']}")
    question = await oleg.hears("Log in to the panel?")
    await oleg.presses("🚫 Not me", question["id"])
    await oleg.hears("Nobody was let in", kind="edit")
    assert await state(browser) == "expired"
    await olga.hears("somebody tries to get in")
    await posted(house, "and the answer was no")


async def test_somebody_else_hears_that_there_is_no_such_command(people: list[Person], browser: httpx.AsyncClient):
    """Newcomers are welcomed, whatever they send, and then asked for their profile."""
    olga, _, anna, boris = people
    opened, mine = await asks(browser, olga.id), await asks(browser, anna.id)
    codes = [f"admin_login {each['code']}" for each in (opened, mine)]
    for stranger, commands in ((boris, ["no_such_command"] * 2), (anna, codes)):
        for command in commands:
            await stranger.says(f"/{command}")
            await stranger.hears("What is your gender?")
    assert anna.said_to == boris.said_to
    assert await state(browser) == "waiting"


async def test_the_command_line_lets_in_and_makes_tokens(house: House):
    code, text = await house.command("admin", "login")
    assert code == 0, text
    link = next(line for line in text.splitlines() if line.startswith("http"))
    address, _, secret = link.partition("#")
    assert address == f"{house.panel_url}/admin/login"
    headers = {"Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(base_url=house.panel_url, headers=headers) as browser:
        assert (await browser.post("/api/login", json={"link": secret})).json() == {"state": "accepted"}
        assert (await browser.get("/api/overview")).status_code == 200
        code, text = await house.command("tokens", "create", "ci", "--role", "viewer")
        assert code == 0, text
    bearer = {"Authorization": f"Bearer {text.strip()}"}
    async with httpx.AsyncClient(base_url=house.panel_url, headers=bearer) as program:
        assert (await program.get("/api/overview")).status_code == 200
        assert (await house.command("tokens", "revoke", "ci"))[0] == 0
        while (await program.get("/api/overview")).status_code != 401:
            await house.status()


async def test_no_code_or_cookie_is_in_the_logs(house: House):
    logs = "".join(path.read_text() for path in (house.folder / "logs").glob("*.log"))
    assert "--Sent a code--> question" in logs
    assert len(SECRETS) >= 6
    assert [secret for secret in SECRETS if secret in logs] == []
