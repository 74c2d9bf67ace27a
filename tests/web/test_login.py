"""Logging in and out in a browser, on the real records: what is answered, what is bound to the browser, what ends it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Any

import pytest
from quart.testing import QuartClient

from domain.errors import Unavailable
from domain.model.ids import Address, BotId, UserId
from domain.panel.login import Client, State
from domain.panel.roles import Role
from domain.ports.panel import Outcome, PanelQuestion
from domain.ports.review import Operator
from domain.status import BotStatus
from tests.web.access import OLGA
from tests.web.supervisors import healthy_status
from web.access.sessions import Recognition
from web.app import create_app

BOT = BotId(77)
ANNA, NOBODY = UserId(7_000_000_002), UserId(7_000_000_009)
LITERAL = re.compile(r"'[^']*'|\b\d[\d.e+]*")
"""In a statement."""
OURS = {"Origin": "http://localhost"}
ROOT = Operator(name="root", source="cli")


@pytest.fixture
def deps(deps, access):
    return replace(deps, signs=Recognition(access.sessions, access.tokens))


@pytest.fixture
def browser(app) -> QuartClient:
    return app.test_client()


async def asks(browser: QuartClient, user: int = OLGA) -> dict[str, Any]:
    answer = await browser.post("/api/request-login", json={"telegram_id": user}, headers=OURS)
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    body: dict[str, Any] = await answer.get_json()
    return body


async def agrees(access, opened: dict[str, Any], *, number: object = None, user: UserId = OLGA) -> Outcome:
    """In Telegram: the code, and then the number."""
    question = await access.questions.ask(Address(BOT, user), opened["code"])
    assert isinstance(question, PanelQuestion)
    answered = await access.questions.answer(Address(BOT, user), question.reference, str(number or opened["number"]))
    assert answered is not None
    return answered.outcome


async def state(browser: QuartClient) -> tuple[str, dict[str, str]]:
    """How far it is, and the cookies that are set with that."""
    answer = await browser.get("/api/login")
    assert answer.status_code == 200
    cookies = dict(each.split(";")[0].split("=", 1) for each in answer.headers.getlist("Set-Cookie"))
    return (await answer.get_json())["state"], cookies


async def logged_in(browser: QuartClient, access) -> str:
    """The session's secret, as a thief would have it."""
    await agrees(access, await asks(browser))
    where, cookies = await state(browser)
    assert where == "accepted"
    return cookies["masquerade"]


async def test_a_browser_logs_in_and_out(browser, access):
    assert (await browser.get("/api/overview")).status_code == 401
    opened = await asks(browser)
    assert await state(browser) == ("waiting", {})
    await agrees(access, opened)
    where, cookies = await state(browser)
    assert where == "accepted"
    assert cookies["masquerade"]
    assert cookies["masquerade-login"] == "", "the cookie of the log-in is over"
    assert (await browser.get("/api/overview")).status_code == 200
    assert await state(browser) == ("accepted", {}), "asked again, nothing is set again"
    answer = await browser.post("/api/logout", headers=OURS)
    assert answer.status_code == 200
    assert (await browser.get("/api/overview")).status_code == 401
    assert (await browser.get("/admin/dashboard")).headers["Location"] == "/admin/login"


async def test_the_cookies_are_for_this_site_and_not_for_scripts(browser, access):
    answer = await browser.post("/api/request-login", json={"telegram_id": OLGA}, headers=OURS)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=180"} <= set(cookie.split("; "))
    await agrees(access, await answer.get_json())
    session, _ = (await browser.get("/api/login")).headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(session.split("; "))


async def test_behind_https_the_cookies_are_host_bound_and_secure(deps, access):
    app = create_app(replace(deps, public_url="https://panel.example"))
    answer = await app.test_client().post(
        "/api/request-login",
        json={"telegram_id": OLGA},
        headers={"Host": "panel.example", "Sec-Fetch-Site": "same-origin"},
        scheme="https",
    )
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-masquerade-login=")
    assert "Secure" in cookie.split("; ")


async def test_the_answer_is_the_same_for_an_id_of_nobody(browser, app, access):
    """In form, in cookies, in what the records get; and the bot is not asked."""
    ours, theirs = await asks(browser), await asks(app.test_client(), NOBODY)
    assert {name: type(value) for name, value in ours.items()} == {name: type(value) for name, value in theirs.items()}
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{8}", theirs["code"])
    assert await access.questions.ask(Address(BOT, NOBODY), theirs["code"]) is None
    async with access.admins._desk.database.connection() as connection:
        cursor = await connection.execute("SELECT * FROM panel_questions")
        rows = [tuple(row) for row in await cursor.fetchall()]
        await cursor.close()
    differ = {place for place, (one, other) in enumerate(zip(*rows, strict=True)) if one != other}
    assert differ <= {0, 1, 2, 3, 10, 11}, "reference, hashes, id and times alone"


async def test_the_work_for_an_id_of_nobody_is_the_same(app, access, database, supervisor, limits):
    """Every statement, in order, and every question to the supervisor: so it takes the same time."""
    await access.admins.add(ANNA, Role.MODERATOR, "Anna", ROOT)
    done: list[str] = []
    await database._connection.set_trace_callback(done.append)
    works = []
    for user in (OLGA, ANNA, NOBODY, 1):
        browser, asked = app.test_client(), supervisor.asked
        done.clear()
        limits.keys.clear()
        await asks(browser, user)
        await asks(browser, user)
        assert await state(browser) == ("waiting", {})
        works.append(([LITERAL.sub("?", each) for each in done], supervisor.asked - asked, [*limits.keys]))
    assert any("INSERT INTO panel_questions" in each for each in works[0][0])
    assert all(each == works[0] for each in works)


async def test_another_browser_cannot_take_the_login(browser, app, access):
    opened = await asks(browser)
    other = app.test_client()
    await agrees(access, opened)
    assert await state(other) == ("expired", {})
    assert (await state(browser))[0] == "accepted"


async def test_two_browsers_log_in_apart(browser, app, access):
    other = app.test_client()
    mine, _ = await asks(browser), await asks(other)
    await agrees(access, mine)
    assert (await state(other))[0] == "waiting"
    assert (await state(browser))[0] == "accepted"


async def test_a_wrong_number_ends_the_login(browser, access):
    opened = await asks(browser)
    assert await agrees(access, opened, number="no") is Outcome.REFUSED
    assert await state(browser) == ("expired", {})


async def test_two_tabs_that_ask_at_once_get_one_session(browser, access):
    await agrees(access, await asks(browser))
    found = await asyncio.gather(*(state(browser) for _ in range(6)))
    assert sum("masquerade" in cookies and bool(cookies["masquerade"]) for _, cookies in found) == 1
    assert len(await access.sessions.listed()) == 1


async def test_a_stolen_cookie_is_of_no_use_after_logout(browser, app, access):
    secret = await logged_in(browser, access)
    thief = app.test_client()
    thief.set_cookie("localhost", "masquerade", secret)
    assert (await thief.get("/api/overview")).status_code == 200
    await browser.post("/api/logout", headers=OURS)
    assert (await thief.get("/api/overview")).status_code == 401


async def test_a_session_that_is_ended_elsewhere_is_over_within_five_seconds(deps, access):
    now = [0.0]
    app = create_app(replace(deps, signs=Recognition(access.sessions, access.tokens, clock=lambda: now[0])))
    browser = app.test_client()
    await logged_in(browser, access)
    assert (await browser.get("/api/overview")).status_code == 200
    [session] = await access.sessions.listed()
    await access.sessions.end(session.reference, ROOT)
    now[0] += 5.0
    assert (await browser.get("/api/overview")).status_code == 401


async def test_a_link_of_the_machine_lets_its_browser_in_once(browser, app, access):
    secret = await access.logins.link(ROOT)
    answer = await browser.post("/api/login", json={"link": secret}, headers=OURS)
    assert (await answer.get_json())["state"] == "accepted"
    assert (await browser.get("/api/overview")).status_code == 200
    again = await app.test_client().post("/api/login", json={"link": secret}, headers=OURS)
    assert (await again.get_json())["state"] == "expired"


async def test_nobody_is_logged_in_by_an_address_alone(browser, access):
    """A page that makes a browser open an address must not log it in as somebody else."""
    secret = await access.logins.link(ROOT)
    await browser.get(f"/admin/login?link={secret}")
    assert (await browser.get("/api/overview")).status_code == 401
    foreign = await browser.post("/api/login", json={"link": secret}, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert (await access.logins.follow(secret, Client())).state is State.ACCEPTED, "it was not used up"


@pytest.mark.parametrize(
    "body",
    [
        {}, {"telegram_id": "5"}, {"telegram_id": 0}, {"telegram_id": -1}, {"telegram_id": 2**53}, {"telegram_id": 1.5},
        {"telegram_id": None}, {"telegram_id": 5, "admin": True}, [], "5", {"telegram_id": [5]},
    ],
)  # fmt: skip
async def test_what_is_no_claim_is_refused_with_its_field(browser, body):
    answer = await browser.post("/api/request-login", json=body, headers=OURS)
    assert answer.status_code == 422
    assert (await answer.get_json())["error"]["code"] == "invalid"


async def test_a_foreign_page_cannot_ask_for_a_login(browser):
    for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "same-site"}, {}):
        answer = await browser.post("/api/request-login", json={"telegram_id": OLGA}, headers=headers)
        assert answer.status_code == 403


async def test_the_sixth_login_of_an_address_waits_and_nobody_is_locked_out_by_their_id(browser, app, limits):
    limits.on = True
    for _ in range(5):
        await asks(browser)
    answer = await browser.post("/api/request-login", json={"telegram_id": OLGA}, headers=OURS)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert all(str(OLGA) not in key for key in limits.keys)


async def test_while_nobody_can_count_nobody_logs_in(browser, limits):
    limits.away = True
    answer = await browser.post("/api/request-login", json={"telegram_id": OLGA}, headers=OURS)
    assert answer.status_code == 503
    assert "secret" not in await answer.get_data(as_text=True)


async def test_fifty_logins_at_once_are_answered_apart(app, access):
    browsers = [app.test_client() for _ in range(50)]
    opened = await asyncio.gather(*map(asks, browsers))
    assert len({each["code"] for each in opened}) == 50
    await agrees(access, opened[17])
    found = await asyncio.gather(*map(state, browsers))
    assert [where for where, _ in found].count("accepted") == 1
    assert found[17][0] == "accepted"


async def test_serving_bots_are_offered_with_a_link_and_its_qr_code(browser, supervisor):
    supervisor.answer = healthy_status(
        bots=(
            BotStatus(id=77, username="ruby_bot", state="serving", served=True),
            BotStatus(id=78, username="", state="connecting"),
            BotStatus(id=79, username="gone_bot", state="refused"),
            BotStatus(id=80, username="far_bot", state="waiting", served=True),
        )
    )
    opened = await asks(browser)
    assert [bot["username"] for bot in opened["bots"]] == ["ruby_bot", "far_bot"]
    [ruby, _] = opened["bots"]
    assert ruby["link"] == f"https://t.me/ruby_bot?start=login_{opened['code']}"
    assert ruby["qr"].startswith("<svg ")
    assert "style" not in ruby["qr"]
    supervisor.answer = Unavailable("away")
    assert (await asks(browser))["bots"] == []


async def test_in_the_sandbox_the_link_leads_to_the_phone(deps, supervisor):
    supervisor.answer = healthy_status(bots=(BotStatus(id=77, username="ruby_bot", state="serving", served=True),))
    app = create_app(replace(deps, phones="http://127.0.0.1:3002"))
    opened = await asks(app.test_client())
    [bot] = opened["bots"]
    assert bot["link"] == f"http://127.0.0.1:3002/#user={OLGA}&bot=ruby_bot&start=login_{opened['code']}"


async def test_a_token_has_its_role_and_no_session(browser, access):
    secret = await access.tokens.create("ci", Role.VIEWER, 30, ROOT)
    bearer = {"Authorization": f"Bearer {secret}"}
    assert (await browser.get("/api/overview", headers=bearer)).status_code == 200
    refused = await browser.post("/api/logout", headers=bearer)
    assert refused.status_code == 403
    for wrong in ("x", "", "mq_", f"{secret}x", "mq_" + "a" * 5000):
        answer = await browser.get("/api/overview", headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code == 401, wrong


@pytest.mark.parametrize("cookie", ["", "x", "a" * 3000, "é", "%00", "mq_" + "a" * 43])
async def test_a_cookie_of_nobody_opens_nothing(app, cookie):
    browser = app.test_client()
    browser.set_cookie("localhost", "masquerade", cookie)
    browser.set_cookie("localhost", "masquerade-login", cookie)
    assert (await browser.get("/api/overview")).status_code == 401
    assert await state(browser) == ("expired", {})


async def test_the_page_is_there_for_everybody_and_says_how_to_get_in_where_no_admin_is_set(deps, browser, access):
    page = await (await browser.get("/admin/login")).get_data(as_text=True)
    assert "Request a code" in page
    assert "ADMIN_TELEGRAM_IDS" not in page
    nobody = create_app(replace(deps, access=NoAdmins(access))).test_client()
    page = await (await nobody.get("/admin/login")).get_data(as_text=True)
    assert "ADMIN_TELEGRAM_IDS" in page
    assert "supervisor.py admin login" in page


class NoAdmins:
    """The same records of a house where no admin is set."""

    def __init__(self, access) -> None:
        self.logins, self.sessions, self.tokens, self.answers = access.logins, access.sessions, access.tokens, access.answers
        self.admins = self

    async def listed(self):
        return []
