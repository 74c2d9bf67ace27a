"""The panel's test of required channels, with the bots of a running house."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.system.house import House

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

BOTS = ["sandbox_one_bot", "sandbox_two_bot"]


async def owner_of(house: House) -> dict[str, str]:
    code, token = await house.command("tokens", "create", "channels", "--role", "owner")
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
