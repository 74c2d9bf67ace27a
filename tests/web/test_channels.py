"""The test of required channels by the API, before they are saved."""

from __future__ import annotations

import pytest

from domain.errors import Unavailable
from tests.web.conftest import browser_of

OURS = {"Sec-Fetch-Site": "same-origin"}


async def looked_at(client, *channels, key="channels.required"):
    return await client.post("/api/config/test", json={"key": key, "value": [*channels]}, headers=OURS)


async def test_each_channel_is_shown_as_each_bot_sees_it_and_nothing_is_saved(client, supervisor):
    supervisor.sees = {"@second_bot": "@second_bot cannot see: make it an admin", "@first_bot": ""}
    answer = await looked_at(client, "@news", "@more_news")
    assert answer.status_code == 200
    news, more = (await answer.get_json())["items"]
    assert (news["channel"], news["title"], news["sees"]) == ("@news", "The News", False)
    assert news["bots"] == [
        {"bot": "@first_bot", "sees": True, "problem": ""},
        {"bot": "@second_bot", "sees": False, "problem": "@second_bot cannot see: make it an admin"},
    ]
    assert more["channel"] == "@more_news"
    saved = (await (await client.get("/api/config")).get_json())["items"]
    assert next(each for each in saved if each["key"] == "channels.required")["value"] == []


async def test_a_channel_that_every_bot_sees_is_fine(client):
    (news,) = (await (await looked_at(client, "@news")).get_json())["items"]
    assert news["sees"]


@pytest.mark.parametrize(
    ("channels", "key", "field"),
    [
        (["not a channel"], "channels.required", "channels.required"),
        (["@news", "@news"], "channels.required", "channels.required"),
        ([], "channels.required", "value"),
        (["@news"], "profile.max_age", "key"),
    ],
)
async def test_what_a_save_would_refuse_is_refused_and_other_settings_have_no_test(client, channels, key, field):
    answer = await looked_at(client, *channels, key=key)
    assert answer.status_code == 422
    assert (await answer.get_json())["error"]["field"] == field


async def test_without_a_supervisor_or_a_served_bot_it_says_so(client, supervisor):
    supervisor.sees = {}
    nobody = await looked_at(client, "@news")
    supervisor.answer = Unavailable("no supervisor runs in var")
    away = await looked_at(client, "@news")
    assert (nobody.status_code, away.status_code) == (503, 503)
    assert "No bot is served" in (await nobody.get_json())["error"]["message"]
    assert "no supervisor runs" in (await away.get_json())["error"]["message"]


async def test_only_owners_test(app):
    for role in ("viewer", "moderator"):
        assert (await looked_at(browser_of(app, role), "@news")).status_code == 403


async def test_the_page_has_a_button_for_the_channels_alone(client):
    page = await (await client.get("/admin/configuration")).get_data(as_text=True)
    before, after = page.split("data-test")
    assert before.rpartition("data-key=")[2].startswith('"channels.required"')
    assert 'data-key="channels.when_unverifiable"' in after
