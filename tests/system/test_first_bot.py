"""A house that has no bot yet: it starts and says so, and its owner adds the first one in the panel."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.faults.rig import problems
from tests.system.house import House
from tests.system.telegram import telegram
from tests.system.test_bots import is_in

pytestmark = pytest.mark.timeout(180)
OURS = {"Sec-Fetch-Site": "same-origin"}
NO_BOTS = "no bots yet; add one: python supervisor.py bots add"


async def test_a_house_without_bots_starts_says_so_and_its_owner_adds_the_first(tmp_path: Path):
    async with telegram(tmp_path / "telegram") as endpoint:
        server = f"127.0.0.1:{endpoint['port']}"
        house = House(tmp_path / "house", TELEGRAM_SERVER=server, TELEGRAM_PUBLIC_KEY=endpoint["public_key"])
        house.arguments = ()
        try:
            await house.launch()
            await house.until(lambda status: bool(status) and NO_BOTS in problems(status))
            async with asyncio.timeout(30):
                while not any(NO_BOTS in line for line in house.output):  # noqa: ASYNC110 - what it prints
                    await asyncio.sleep(0.1)
            code, text = await house.command("status")
            assert (code, NO_BOTS in text) == (1, True), text
            code, text = await house.command("bots", "list")
            assert (code, text.strip()) == (0, "No bots: set BOT_TOKENS, or `bots add` one.")
            code, text = await house.command("doctor")
            assert (code, "no bots yet" in text) == (0, True), text
            secret = (await house.login_link()).partition("#")[2]
            async with httpx.AsyncClient(base_url=house.panel_url, trust_env=False, headers=OURS, timeout=30) as owner:
                assert (await owner.post("/api/login", json={"link": secret})).json() == {"state": "accepted"}
                answer = await owner.post("/api/bots", json={"token": endpoint["tokens"][0]})
                assert answer.status_code == 201, answer.text
            bot = {"id": int(endpoint["tokens"][0].partition(":")[0])}
            await house.until(lambda status: bool(status) and status["healthy"] and is_in(bot, "serving", status))
            code, text = await house.command("doctor")
            assert (code, "1 token of the right form" in text, "no bots yet" in text) == (0, True, False), text
            assert await house.stop() == 0
        finally:
            await house.close()
