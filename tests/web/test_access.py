"""Admins, sessions, tokens, and acts that need an answer in Telegram, through the API and on the real records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from quart.testing import QuartClient

from control.settings.loading import LEAVES, is_live
from domain.model.ids import Address, BotId, UserId
from domain.panel.login import NOT_ME, Client
from domain.panel.roles import ABOUT_MONEY, Role, about_money
from domain.ports.panel import PanelQuestion
from domain.ports.review import Operator
from tests.web.access import OLGA
from web.access.sessions import Recognition

BOT = BotId(77)
ANNA = UserId(7_000_000_002)
OURS = {"Sec-Fetch-Site": "same-origin"}
ROOT = Operator(name="root", source="cli")


@pytest.fixture
def deps(deps, access):
    return replace(deps, signs=Recognition(access.sessions, access.tokens))


async def logged_in(app, access, user: UserId = OLGA) -> QuartClient:
    opened = await access.logins.open(user, Client())
    question = await access.questions.ask(Address(BOT, user), opened.code)
    assert isinstance(question, PanelQuestion)
    await access.questions.answer(Address(BOT, user), question.reference, str(opened.number))
    followed = await access.logins.follow(opened.secret, Client(address="203.0.113.7", browser="Firefox/140 Linux"))
    browser: QuartClient = app.test_client()
    browser.set_cookie("localhost", "masquerade", followed.session)
    return browser


@pytest.fixture
async def olga(app, access) -> QuartClient:
    return await logged_in(app, access)


@pytest.fixture
async def anna(app, access) -> QuartClient:
    """A moderator."""
    await access.admins.add(ANNA, Role.MODERATOR, "Anna", ROOT)
    return await logged_in(app, access, ANNA)


async def does(browser: QuartClient, method: str, path: str, **body: Any) -> tuple[int, Any]:
    sent = {"json": body} if body else {}
    answer = await browser.open(path, method=method, headers=OURS, **sent)
    return answer.status_code, await answer.get_json()


async def agrees(access, answer: Any, pressed: object = None) -> None:
    now = answer["error"]["now"]
    await access.questions.answer(Address(BOT, OLGA), now["reference"], str(pressed or now["number"]))


async def test_an_admin_is_added_once_the_owner_agrees_in_telegram(olga, access):
    new = {"telegram_id": ANNA, "role": "moderator", "name": "Anna"}
    status, answer = await does(olga, "POST", "/api/admins", **new)
    assert (status, answer["error"]["code"]) == (403, "answer")
    reference = answer["error"]["now"]["reference"]
    assert (await does(olga, "GET", f"/api/answers/{reference}"))[1] == {"state": "waiting"}
    assert await access.admins.find(ANNA) is None
    await agrees(access, answer)
    assert (await does(olga, "GET", f"/api/answers/{reference}"))[1] == {"state": "accepted"}
    status, _ = await does(olga, "POST", "/api/admins", **{**new, "role": "owner"})
    assert status == 403, "it was for another role"
    status, answer = await does(olga, "POST", "/api/admins", **new)
    assert status == 200
    assert [(each["telegram_id"], each["role"], each["of_settings"]) for each in answer["items"]] == [
        (OLGA, "owner", True), (ANNA, "moderator", False),
    ]  # fmt: skip
    assert (await does(olga, "POST", "/api/admins", **new))[0] == 403, "once"


async def test_not_me_and_the_act_is_not_done(olga, access):
    _, answer = await does(olga, "POST", "/api/tokens", name="ci", role="viewer")
    await agrees(access, answer, NOT_ME)
    status, again = await does(olga, "POST", "/api/tokens", name="ci", role="viewer")
    assert (status, again["error"]["code"]) == (403, "answer")
    assert again["error"]["now"]["reference"] != answer["error"]["now"]["reference"]
    assert await access.tokens.listed() == []


async def test_a_token_is_made_listed_and_revoked(olga, app, access):
    wanted = {"name": "ci", "role": "viewer", "days": 30}
    _, answer = await does(olga, "POST", "/api/tokens", **wanted)
    await agrees(access, answer)
    status, made = await does(olga, "POST", "/api/tokens", **wanted)
    assert status == 201
    bearer = {"Authorization": f"Bearer {made['token']}"}
    program = app.test_client()
    assert (await program.get("/api/overview", headers=bearer)).status_code == 200
    assert (await program.get("/api/admins", headers=bearer)).status_code == 403
    status, listed = await does(olga, "GET", "/api/tokens")
    assert [(each["name"], each["role"], each["by"]) for each in listed["items"]] == [("ci", "viewer", f"admin {OLGA}")]
    assert made["token"] not in str(listed)
    assert (await does(olga, "POST", "/api/tokens", **wanted))[0] == 409
    assert await does(olga, "DELETE", "/api/tokens/ci") == (200, {"items": []})
    assert (await program.get("/api/overview", headers=bearer)).status_code == 401
    assert (await does(olga, "DELETE", "/api/tokens/ci"))[0] == 404


async def test_a_token_of_an_owner_can_make_neither_admins_nor_tokens(app, access):
    secret = await access.tokens.create("ci", Role.OWNER, 30, ROOT)
    program, bearer = app.test_client(), {"Authorization": f"Bearer {secret}"}
    for path, body in (("/api/admins", {"telegram_id": ANNA, "role": "owner"}), ("/api/tokens", {"name": "x", "role": "owner"})):
        answer = await program.post(path, json=body, headers=bearer)
        assert (answer.status_code, (await answer.get_json())["error"]["code"]) == (403, "forbidden")


async def test_whoever_came_by_a_link_of_the_machine_is_not_asked_in_telegram(app, access):
    followed = await access.logins.follow(await access.logins.link(ROOT), Client())
    browser = app.test_client()
    browser.set_cookie("localhost", "masquerade", followed.session)
    assert (await does(browser, "POST", "/api/admins", telegram_id=ANNA, role="viewer"))[0] == 200
    assert (await does(browser, "DELETE", f"/api/admins/{ANNA}"))[0] == 200


async def test_a_removed_admin_is_out_at_once(olga, anna, access):
    assert (await anna.get("/api/overview")).status_code == 200
    _, answer = await does(olga, "DELETE", f"/api/admins/{ANNA}")
    await agrees(access, answer)
    assert (await does(olga, "DELETE", f"/api/admins/{ANNA}"))[0] == 200
    assert (await anna.get("/api/overview")).status_code == 401
    assert (await does(olga, "DELETE", f"/api/admins/{ANNA}"))[0] == 404


async def test_owners_of_the_settings_are_changed_there(olga):
    for method, path, body in (
        ("DELETE", f"/api/admins/{OLGA}", {}),
        ("POST", "/api/admins", {"telegram_id": OLGA, "role": "viewer"}),
    ):
        status, answer = await does(olga, method, path, **body)
        assert (status, answer["error"]["code"]) == (409, "conflict")
        assert "ADMIN_TELEGRAM_IDS" in answer["error"]["message"]


async def test_nobody_takes_the_panel_from_themselves(app, access, olga):
    await access.admins.add(ANNA, Role.OWNER, "Anna", ROOT)
    anna = await logged_in(app, access, ANNA)
    status, answer = await does(anna, "DELETE", f"/api/admins/{ANNA}")
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (409, "conflict", "user")
    status, answer = await does(anna, "POST", "/api/admins", telegram_id=ANNA, role="moderator")
    assert (status, answer["error"]["code"], answer["error"]["field"]) == (409, "conflict", "role")
    assert (await does(anna, "POST", "/api/admins", telegram_id=ANNA, role="owner", name="Anna M."))[0] == 403, "asked about"
    assert (await does(olga, "DELETE", f"/api/admins/{ANNA}"))[0] == 403, "another owner is asked"


async def test_an_owner_sees_and_ends_all_sessions_and_others_their_own(olga, anna):
    _, listed = await does(olga, "GET", "/api/sessions")
    assert [(each["telegram_id"], each["mine"]) for each in listed["items"]] == [(ANNA, False), (OLGA, True)]
    assert listed["items"][0]["browser"] == "Firefox on Linux"
    _, own = await does(anna, "GET", "/api/sessions")
    assert [each["telegram_id"] for each in own["items"]] == [ANNA]
    of_olga = listed["items"][1]["id"]
    assert (await does(anna, "DELETE", f"/api/sessions/{of_olga}"))[0] == 404, "of another person there is none"
    assert (await does(anna, "DELETE", f"/api/admins/{OLGA}/sessions"))[0] == 403
    assert (await does(olga, "DELETE", f"/api/sessions/{own['items'][0]['id']}")) == (200, {"ended": 1})
    assert (await anna.get("/api/overview")).status_code == 401
    assert (await does(olga, "DELETE", f"/api/admins/{OLGA}/sessions")) == (200, {"ended": 1})
    assert (await olga.get("/api/overview")).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/admins", {"telegram_id": ANNA, "role": "king"}),
        ("/api/admins", {"telegram_id": ANNA, "role": "viewer", "name": "x" * 41}),
        ("/api/admins", {"telegram_id": ANNA, "role": "viewer", "name": "a\nb"}),
        ("/api/admins", {"telegram_id": ANNA, "role": "viewer", "name": "\u202eanna"}),
        ("/api/admins", {"telegram_id": 2**60, "role": "viewer"}),
        ("/api/tokens", {"name": "a b", "role": "viewer"}),
        ("/api/tokens", {"name": "", "role": "viewer"}),
        ("/api/tokens", {"name": "ci", "role": "viewer", "days": 366}),
        ("/api/tokens", {"name": "ci", "role": "viewer", "days": 0}),
    ],
)
async def test_what_makes_no_sense_is_refused_before_anybody_is_asked(olga, path, body):
    status, answer = await does(olga, "POST", path, **body)
    assert (status, answer["error"]["code"]) == (422, "invalid")


async def test_another_sessions_answer_reads_as_expired(olga, anna):
    _, answer = await does(olga, "POST", "/api/tokens", name="ci", role="viewer")
    reference = answer["error"]["now"]["reference"]
    assert (await does(anna, "GET", f"/api/answers/{reference}"))[1] == {"state": "expired"}
    assert (await does(anna, "GET", "/api/answers/nonsense"))[0] == 404


# Settings about money


MONEY = [
    ("/api/config", {"key": "vip.trial_days", "value": 7}),
    ("/api/config", {"key": "vip.trial_days", "value": None}),
    ("/api/config", {"key": "credits.packs", "value": []}),
    ("/api/config", {"key": "locks.durations", "value": []}),
    ("/api/config", {"key": "referrals.commission_percent", "value": 90}),
    ("/api/config", {"key": "features.stars_payments", "value": False}),
    ("/api/config", {"key": "features.admin_alerts", "value": False}),
    ("/api/config/bulk", {"changes": [{"key": "chat.protect_content", "value": True}, {"key": "vip.trial_days", "value": 7}]}),
    ("/api/config/undo", {"key": "vip.trial_days"}),
    ("/api/config/undo", {"key": "vip"}),
    ("/api/config/undo", {"key": "features", "to": 1}),
]


@pytest.mark.parametrize(("path", "body"), MONEY)
async def test_a_setting_about_money_is_changed_once_the_owner_agrees_in_telegram(olga, deps, access, path, body):
    by_machine = {"vip.trial_days": 3, "features.admin_alerts": False}
    await deps.configuration.save(by_machine, by=ROOT)
    await deps.configuration.save({"features.admin_alerts": True}, by=ROOT)
    before = await saved(deps)
    status, answer = await does(olga, "POST", path, **body)
    assert (status, answer["error"]["code"]) == (403, "answer")
    assert await saved(deps) == before
    await agrees(access, answer)
    assert (await does(olga, "POST", path, **body))[0] == 200
    assert (await does(olga, "POST", path, **body))[0] in {403, 422}, "once"


async def saved(deps) -> dict[str, Any]:
    return {each.key: each.value for each in await deps.configuration.entries()}


async def test_the_question_about_settings_says_what_changes_those_about_money_first(olga, access):
    others = [{"key": f"matching.{name}", "value": 5} for name in ("recent_minutes", "rescan_seconds", "progress_seconds")]
    changes = [*others, {"key": "vip.trial_days", "value": 7}]
    _, answer = await does(olga, "POST", "/api/config/bulk", changes=changes)
    async with access.admins._desk.database.connection() as connection:
        cursor = await connection.execute("SELECT act FROM panel_questions")
        [(told,)] = [tuple(row) for row in await cursor.fetchall()]
        await cursor.close()
    assert told.startswith("Change settings: vip.trial_days: 0 → 7; matching.recent_minutes: ")
    await agrees(access, answer)
    changes[-1]["value"] = 300
    assert (await does(olga, "POST", "/api/config/bulk", changes=changes))[0] == 403, "it was for seven days"


async def test_other_settings_need_no_answer_and_what_is_refused_asks_nobody(olga, access):
    assert (await does(olga, "POST", "/api/config", key="chat.protect_content", value=True))[0] == 200
    assert (await does(olga, "POST", "/api/config/undo", key="chat.protect_content"))[0] == 200
    for body, status in (
        ({"key": "vip.trial_days", "value": 1000}, 422),
        ({"key": "vip.nothing", "value": 1}, 422),
        ({"key": "vip.trial_days", "value": 7, "version": 4}, 409),
    ):
        assert (await does(olga, "POST", "/api/config", **body))[0] == status
    assert (await does(olga, "POST", "/api/config/undo", key="vip"))[0] == 422
    async with access.admins._desk.database.connection() as connection:
        cursor = await connection.execute("SELECT COUNT(*) FROM panel_questions")
        assert tuple(await cursor.fetchone()) == (0,)
        await cursor.close()


def test_each_setting_about_money_is_one_and_each_feature_that_sells_is_among_them():
    live = {key for key in LEAVES if is_live(key)}
    assert {key for key in ABOUT_MONEY if "." in key} <= live
    assert {key for key in ABOUT_MONEY if "." not in key} <= {key.partition(".")[0] for key in live}
    assert {key for key in live if key.startswith("features.") and not about_money(key)} == {"features.cross_bot_matching"}
