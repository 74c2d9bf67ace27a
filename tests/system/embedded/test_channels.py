"""The panel's tests of settings, with the bots of a running house: required channels, and prices."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.system.house import House

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

BOTS = ["sandbox_one_bot", "sandbox_two_bot"]


async def owner_of(house: House, name: str = "channels") -> dict[str, str]:
    code, token = await house.command("tokens", "create", name, "--role", "owner")
    assert code == 0, token
    return {"Authorization": f"Bearer {token.strip()}"}


async def looked_at(panel: httpx.AsyncClient, *channels: str) -> httpx.Response:
    return await panel.post("/api/config/test", json={"key": "channels.required", "value": [*channels]})


def problems(item: dict[str, Any]) -> list[str]:
    assert [each["bot"] for each in item["bots"]] == [f"@{bot}" for bot in BOTS]
    return [each["problem"] for each in item["bots"]]


async def test_each_bot_says_what_it_sees_of_each_channel(house: House):
    for username, admins in (("seen_news", BOTS), ("half_seen_news", BOTS[:1])):
        answer = await house.http.post("/api/channels", json={"username": username, "title": username, "admins": admins})
        assert answer.status_code < 300, answer.text
    async with httpx.AsyncClient(base_url=house.panel_url, headers=await owner_of(house), timeout=30) as panel:
        answer = await looked_at(panel, "@seen_news", "@half_seen_news", "@nowhere_news")
        assert answer.status_code == 200, answer.text
        seen, half, nowhere = answer.json()["items"]
        assert (seen["title"], seen["sees"], problems(seen)) == ("seen_news", True, ["", ""])
        assert (half["sees"], problems(half)[0]) == (False, "")
        assert "add @sandbox_two_bot to that channel as an admin" in problems(half)[1]
        assert nowhere["title"] == ""
        assert all("there is no such channel" in problem for problem in problems(nowhere))
        settings = (await panel.get("/api/config")).json()["items"]
        assert next(each for each in settings if each["key"] == "channels.required")["value"] == []
        with house.hanging():
            hanging = await looked_at(panel, "@seen_news")
        assert (hanging.status_code, hanging.json()["error"]["code"]) == (503, "unavailable")
        assert (await looked_at(panel, "@seen_news")).status_code == 200


async def test_a_bot_asks_telegram_for_an_invoice_of_each_plan_in_each_language(house: House):
    plans = [
        {"id": "week", "days": 7, "stars": 100, "title": {"en": "A week", "de": "Eine Woche"}},
        {"id": "monthly", "days": 30, "stars": 250, "monthly": True},
    ]
    async with httpx.AsyncClient(base_url=house.panel_url, headers=await owner_of(house, "prices"), timeout=30) as panel:
        answer = await panel.post("/api/config/test-prices", json={"key": "vip.plans", "value": plans})
        assert answer.status_code == 200, answer.text
        items = [(each["offer"], each["language"], each["title"], each["made"]) for each in answer.json()["items"]]
        assert items == [
            ("week", "de", "Eine Woche", True),
            ("week", "en", "A week", True),
            ("monthly", "en", "30 days of VIP", True),
        ]
        assert answer.json()["items"][2]["description"].startswith("VIP for 30 days")
        pack = {"id": "small", "credits": 10, "stars": 50}
        packs = await panel.post("/api/config/test-prices", json={"key": "credits.packs", "value": [pack]})
        assert [each["made"] for each in packs.json()["items"]] == [True]
