"""Bots through the API: added, rotated, drained, removed; what is refused says why; tokens are never shown."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from domain.ports.review import Operator
from storage.sql.bots import SqlBots
from storage.sql.review.audit import SqlAudit
from tests.web.bots import FIRST
from tests.web.conftest import browser_of, program_of

TOKEN, LATER = "7100000009:" + "a" * 31 + "wxyz", "7100000009:" + "b" * 31 + "WXYZ"
BOT = 7100000009
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def program(app, house_of_bots):
    """With an owner's token, which nobody asks in Telegram."""
    house_of_bots.tokens = {TOKEN: "ninth_bot", LATER: "ninth_bot"}
    return program_of(app, "owner")


async def does(program, method: str, path: str, **body: Any) -> tuple[int, Any]:
    answer = await program.open(path, method=method, **({"json": body} if body else {}))
    return answer.status_code, await answer.get_json()


async def test_a_bot_is_added_listed_masked_and_every_process_is_told(program, house_of_bots, caplog):
    caplog.set_level(logging.DEBUG)
    status, told = await does(program, "POST", "/api/bots", token=TOKEN)
    assert (status, told["bot"]["id"], told["bot"]["token"]) == (201, BOT, "7100000009:••••wxyz")
    assert told["processes"] == [{"process": "worker-1", "yes": True, "why_not": "", "starting": False}]
    assert house_of_bots.announced == [{"bots": 1}]
    _, listed = await does(program, "GET", "/api/bots")
    assert [(each["index"], each["id"], each["origin"]) for each in listed["items"]] == [
        (1, 7100000001, "environment"), (2, BOT, "panel"),
    ]  # fmt: skip
    page = await (await program.get(f"/admin/bots/{BOT}")).get_data(as_text=True)
    assert "7100000009:••••wxyz" in page
    for secret in (TOKEN, FIRST):
        assert secret.partition(":")[2] not in f"{listed}{page}{caplog.text}"


@pytest.mark.parametrize(
    ("token", "status", "code", "words"),
    [
        (FIRST, 409, "conflict", "already runs"),
        ("7100000008:" + "c" * 35, 422, "invalid", "was revoked"),
        ("7100000007:" + "d" * 35, 422, "invalid", "of another API"),
        ("MTE4NzY1NDMyMTA5ODc2NTQzMg.GxQabc.def-ghi_jkl", 422, "invalid", "not a token of a Telegram bot"),
        ("7100000007:short", 422, "invalid", "not a token of a Telegram bot"),
        ("", 422, "invalid", ""),
    ],
)
async def test_tokens_that_cannot_be_added_are_told_apart(program, house_of_bots, bots: Any, token, status, code, words):
    house_of_bots.revoked = {"7100000008:" + "c" * 35}
    answered, told = await does(program, "POST", "/api/bots", token=token)
    assert (answered, told["error"]["code"], told["error"]["field"]) == (status, code, "token")
    assert words in told["error"]["message"]
    assert not token or (token.partition(":")[2] or token) not in str(told)
    assert await bots.store.rows() == {}


async def test_while_telegram_does_not_answer_nothing_is_added(program, house_of_bots, bots):
    house_of_bots.away = True
    assert (await does(program, "POST", "/api/bots", token=TOKEN))[0] == 503
    assert await bots.store.rows() == {}


async def test_a_token_is_rotated_with_one_of_the_same_bot_only(program, house_of_bots):
    await does(program, "POST", "/api/bots", token=TOKEN)
    other = "7100000006:" + "e" * 35
    house_of_bots.tokens[other] = "sixth_bot"
    status, told = await does(program, "POST", f"/api/bots/{BOT}/rotate", token=other)
    assert (status, told["error"]["field"]) == (422, "token")
    assert (await does(program, "POST", f"/api/bots/{BOT}/rotate", token=TOKEN))[0] == 409
    status, told = await does(program, "POST", f"/api/bots/{BOT}/rotate", token=LATER)
    assert (status, told["bot"]["token"]) == (200, "7100000009:••••WXYZ")


async def test_a_bot_is_drained_and_resumed_also_one_of_the_settings(program):
    assert (await does(program, "POST", "/api/bots/1/drain"))[1]["bot"]["state"] == "draining"
    assert (await does(program, "POST", "/api/bots/1/drain"))[0] == 409
    assert (await does(program, "POST", "/api/bots/1/resume"))[1]["bot"]["state"] == "active"


@pytest.mark.parametrize("word", ["2", str(BOT)])
async def test_a_bot_is_removed_by_its_index_or_its_id(program, bots, word):
    await does(program, "POST", "/api/bots", token=TOKEN)
    status, told = await does(program, "DELETE", f"/api/bots/{word}")
    assert (status, told["bot"]["state"]) == (200, "removing")
    assert (await does(program, "DELETE", f"/api/bots/{word}"))[0] == 409
    await bots.store.forget(BOT)
    assert (await does(program, "GET", f"/api/bots/{BOT}"))[0] == 404


async def test_one_of_the_settings_is_not_removed_and_the_answer_says_where(program):
    for method, path, body in (("DELETE", "/api/bots/1", {}), ("POST", "/api/bots/1/rotate", {"token": LATER})):
        status, told = await does(program, method, path, **body)
        assert (status, told["error"]["field"]) == (409, "bot")
        assert "BOT_TOKENS" in told["error"]["message"]


@pytest.mark.parametrize("word", ["0", "9", "999", "12345678", "9" * 17, "abc", "-1", "1.5", "%00"])
async def test_what_names_no_bot_is_not_found(program, word):
    assert (await does(program, "DELETE", f"/api/bots/{word}"))[0] == 404


async def test_a_person_is_asked_in_telegram_before_a_bot_is_added_or_removed(app, house_of_bots, bots):
    house_of_bots.tokens = {TOKEN: "ninth_bot"}
    answer = await browser_of(app, "owner").post("/api/bots", json={"token": TOKEN}, headers=OURS)
    assert (await answer.get_json())["error"]["code"] == "answer"
    assert await bots.store.rows() == {}


@pytest.mark.parametrize("role", ["viewer", "moderator"])
async def test_others_than_owners_see_bots_and_change_nothing(app, role):
    program = program_of(app, role)
    assert (await program.get("/api/bots")).status_code == 200
    page = await (await program.get("/admin/bots/1")).get_data(as_text=True)
    assert "data-opens" not in page
    for method, path in (("POST", "/api/bots"), ("DELETE", "/api/bots/1"), ("POST", "/api/bots/1/drain")):
        assert (await program.open(path, method=method, json={"token": TOKEN})).status_code == 403


async def test_without_a_supervisor_bots_are_listed_and_removed(program, house_of_bots):
    await does(program, "POST", "/api/bots", token=TOKEN)
    house_of_bots.running = False
    _, listed = await does(program, "GET", "/api/bots")
    assert [(each["id"], each["serving"]) for each in listed["items"]] == [(7100000001, ""), (BOT, "")]
    status, told = await does(program, "DELETE", f"/api/bots/{BOT}")
    assert (status, told["running"]) == (200, False)


async def test_each_act_is_in_the_audit_without_the_token(program, bots):
    await does(program, "POST", "/api/bots", token=TOKEN)
    await does(program, "POST", f"/api/bots/{BOT}/rotate", token=LATER)
    await does(program, "POST", f"/api/bots/{BOT}/drain")
    await does(program, "DELETE", f"/api/bots/{BOT}")
    assert isinstance(bots.store, SqlBots)
    acts = await SqlAudit(bots.store._database).newest(10, target=f"bot:{BOT}")
    assert [(act.act, act.source) for act in acts] == [
        ("remove bot", "panel"), ("drain bot", "panel"), ("rotate bot", "panel"), ("add bot", "panel"),
    ]  # fmt: skip
    assert "aaaa" not in str(acts)
    assert "bbbb" not in str(acts)


async def test_a_removal_that_is_over_at_once_is_answered_all_the_same(program, house_of_bots, bots, monkeypatch):
    await does(program, "POST", "/api/bots", token=TOKEN)
    announce = house_of_bots.announce

    async def and_a_worker_is_quick(versions):
        await bots.store.forget(BOT)
        return await announce(versions)

    monkeypatch.setattr(house_of_bots, "announce", and_a_worker_is_quick)
    status, told = await does(program, "DELETE", f"/api/bots/{BOT}")
    assert (status, told["bot"]["state"]) == (200, "removed")


async def test_a_bot_that_was_drained_and_is_not_in_the_settings_any_more_is_not_listed(program, bots):
    await bots.store.move(7100000005, "active", "draining", "drain bot", Operator(name="olga", source="cli"))
    _, listed = await does(program, "GET", "/api/bots")
    assert [each["id"] for each in listed["items"]] == [7100000001]
