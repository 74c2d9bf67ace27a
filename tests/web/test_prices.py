"""The test of plans and packs by the API, before they are saved."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import Unavailable
from tests.web.conftest import browser_of

OURS = {"Sec-Fetch-Site": "same-origin"}
WEEK = {"id": "week", "days": 7, "stars": 100}
PACK = {"id": "small", "credits": 10, "stars": 50}


async def tried(client, key: str, *offers: Any):
    return await client.post("/api/config/test-prices", json={"key": key, "value": [*offers]}, headers=OURS)


async def test_each_offer_is_shown_as_a_bot_had_it_and_nothing_is_saved(client, supervisor):
    supervisor.sees = {"@first_bot": "", "@second_bot": "not asked"}
    answer = await tried(client, "vip.plans", WEEK, {**WEEK, "id": "two"})
    assert answer.status_code == 200
    body = await answer.get_json()
    assert body["bot"] == "@first_bot"
    assert [(each["offer"], each["made"], each["stars"]) for each in body["items"]] == [("week", True, 100), ("two", True, 100)]
    saved = (await (await client.get("/api/config")).get_json())["items"]
    assert len(next(each for each in saved if each["key"] == "vip.plans")["value"]) == 4


async def test_what_telegram_refuses_says_why(client, supervisor):
    supervisor.sees = {"@first_bot": "Telegram does not answer ExportInvoice: STARS_AMOUNT_INVALID"}
    (pack,) = (await (await tried(client, "credits.packs", PACK)).get_json())["items"]
    assert not pack["made"]
    assert "STARS_AMOUNT_INVALID" in pack["problem"]


@pytest.mark.parametrize(
    ("key", "offers", "field"),
    [
        ("vip.plans", [{**WEEK, "stars": 10_001}], "vip.plans[0].stars"),
        ("vip.plans", [{**WEEK, "title": {"en": "x" * 33}}], "vip.plans[0].title"),
        ("vip.plans", [WEEK, WEEK], "vip.plans"),
        ("vip.plans", ["week"], "vip.plans"),
        ("vip.plans", [], "value"),
        ("credits.packs", [{**PACK, "credits": 0}], "credits.packs[0].credits"),
        ("trust.ladder", [WEEK], "key"),
    ],
)
async def test_what_a_save_would_refuse_is_refused(client, key, offers, field):
    answer = await tried(client, key, *offers)
    assert answer.status_code == 422
    assert (await answer.get_json())["error"]["field"].startswith(field)


async def test_without_a_supervisor_or_a_served_bot_it_says_so(client, supervisor):
    supervisor.sees = {}
    nobody = await tried(client, "vip.plans", WEEK)
    supervisor.answer = Unavailable("no supervisor runs in var")
    away = await tried(client, "vip.plans", WEEK)
    assert (nobody.status_code, away.status_code) == (503, 503)


async def test_only_owners_test(app):
    for role in ("viewer", "moderator"):
        assert (await tried(browser_of(app, role), "vip.plans", WEEK)).status_code == 403
