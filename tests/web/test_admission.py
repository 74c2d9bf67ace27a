"""Who may do what, how often, and that a session's end ends all that it opened."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from unittest.mock import AsyncMock

import pytest

from domain.panel.rates import RATES
from domain.panel.roles import ACTS, OPEN, Role, may
from tests.web.conftest import browser_of, program_of
from tests.web.doubles import KeptInMemory
from tests.web.supervisors import healthy_status, process
from web.access.streams import Streams
from web.api.errors import Refused
from web.app import create_app
from web.pages.page import Pages, page
from web.pulse import Pulse
from web.supervisor_status import SupervisorStatus

OURS = {"Sec-Fetch-Site": "same-origin"}
JSON = {"Content-Type": "application/json"}


async def code_of(answer) -> str:
    return (await answer.get_json())["error"]["code"]


def routes(app) -> list:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_has_an_act_of_the_table(app):
    for rule in routes(app):
        act = getattr(app.view_functions[rule.endpoint], "act", None)
        assert act in ACTS or act in OPEN, rule.rule


async def test_without_a_login_nothing_is_shown_but_what_is_open(app, stranger, supervisor, people):
    shown = {rule.rule for rule in routes(app) if app.view_functions[rule.endpoint].act in OPEN}
    assert shown == {"/", "/health", "/admin/login", "/api/login", "/api/request-login"}
    for rule in routes(app):
        path = rule.rule
        if path in shown:
            continue
        answer = await stranger.open(path, method=min(rule.methods - {"HEAD"}), headers=OURS)
        if path.startswith("/admin"):
            assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/login"), path
        else:
            assert (answer.status_code, await code_of(answer)) == (401, "login"), path
            assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert supervisor.asked == 0
    assert people.asked == [], "nobody was looked up"


async def test_a_fragment_of_a_page_is_told_where_to_log_in(stranger):
    answer = await stranger.get("/admin/dashboard", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/admin/login")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("way", [browser_of, program_of], ids=["cookie", "token"])
async def test_each_role_may_do_what_the_table_says_and_nothing_else(api, toys, role, way):
    client = way(api.app, str(role))
    for act, method, path, body in (
        ("users.read", "GET", "/api/toys", None),
        ("users.ban", "POST", "/api/toys/7", b'{"reason": "a"}'),
        ("users.erase", "DELETE", "/api/toys/7", None),
        ("overview.read", "GET", "/api/overview", None),
        ("stats.read", "GET", "/api/stats", None),
    ):
        toys.done.clear()
        answer = await client.open(path, method=method, data=body, headers={**OURS, **JSON})
        assert (answer.status_code < 300) == may(role, act), (role, act)
        if not may(role, act):
            assert (answer.status_code, await code_of(answer), toys.done) == (403, "forbidden", [])


async def test_a_refused_act_is_logged(api, caplog):
    await browser_of(api.app, "viewer").get("/api/toys")
    assert "viewer (viewer) was refused users.read" in caplog.text


async def test_a_token_that_is_unknown_gets_no_rights_by_a_cookie_beside_it(api):
    client = browser_of(api.app, "owner")
    answer = await client.get("/api/toys", headers={"Authorization": "Bearer nobody"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic b3duZXI6", "owner", "Bearer nobody", "bearer\towner", "Bearer nobody x"]
)
async def test_a_header_without_a_known_token_lets_nobody_in(app, header):
    assert (await app.test_client().get("/api/overview", headers={"Authorization": header})).status_code == 401


async def test_a_stolen_cookie_is_worth_nothing_after_the_session(api, people):
    client = browser_of(api.app, "owner")
    assert (await client.get("/api/toys")).status_code == 200
    people.gone.add("owner")
    assert (await client.get("/api/toys")).status_code == 401


async def test_who_asks_is_looked_up_once_a_request_with_where_from(api, people):
    client = browser_of(api.app, "owner")
    await client.get("/api/toys", headers={"User-Agent": "Firefox " + "x" * 500})
    (secret, address, browser, active) = people.asked[0]
    assert len(people.asked) == 1
    assert (secret, address, active) == ("owner", "", True)
    assert browser == ("Firefox " + "x" * 500)[:200]


async def test_without_the_database_strangers_are_told_nothing_of_our_machines(client, people):
    people.away = True
    answer = await client.get("/api/overview")
    assert (answer.status_code, await code_of(answer)) == (503, "unavailable")
    assert "10.0.0.1" not in await answer.get_data(as_text=True)


async def test_without_the_database_pages_of_records_say_so_and_the_rest_goes_on(client, records):
    records.away = True
    answer = await client.get("/api/stats")
    assert (answer.status_code, await code_of(answer)) == (503, "unavailable")
    overview = await (await client.get("/api/overview")).get_json()
    assert (overview["healthy"], overview["total_users"], overview["total_stars"]) == (True, None, None)
    assert (await client.get("/admin/dashboard")).status_code == 200


async def test_a_database_that_hangs_does_not_hold_up_the_overview(client, records, monkeypatch):
    monkeypatch.setattr("web.operations.overview.TOTALS_SECONDS", 0.01)
    records.hangs = True
    overview = await (await client.get("/api/overview")).get_json()
    assert (overview["healthy"], overview["total_users"]) == (True, None)


# Rates


@pytest.mark.parametrize(("path", "rate"), [("/api/stats", "stats"), ("/api/toys", "users"), ("/api/overview", "default")])
async def test_more_than_the_rate_is_refused_with_the_time_to_wait_and_nothing_is_done(api, limits, path, rate):
    limits.on = True
    client, count = browser_of(api.app, "owner"), RATES[rate].count
    statuses = [(await client.get(path)).status_code for _ in range(count + 2)]
    assert statuses == [200] * count + [429] * 2
    answer = await client.get(path)
    assert (await code_of(answer), answer.headers["Retry-After"]) == ("slow_down", "1")
    assert (await browser_of(api.app, "owner two").get(path)).status_code == 200, "another session"
    limits.now += RATES[rate].seconds / count
    assert (await client.get(path)).status_code == 200


async def test_what_is_refused_changes_nothing(api, limits, toys):
    limits.on = True
    for _ in range(RATES["users"].count):
        await api.app.test_client().delete("/api/toys/1", headers={"Authorization": "Bearer owner"})
    done = len(toys.done)
    answer = await api.app.test_client().delete("/api/toys/1", headers={"Authorization": "Bearer owner"})
    assert (answer.status_code, len(toys.done)) == (429, done)


async def test_fifty_at_once_get_no_more_than_the_rate_through(api, limits):
    limits.on = True
    ask = [api.app.test_client().post("/api/toy-login", headers=OURS) for _ in range(50)]
    statuses = [answer.status_code for answer in await asyncio.gather(*ask)]
    assert sorted(statuses) == [200] * 5 + [429] * 45


async def test_forged_proxy_headers_are_no_way_around_the_rate(api, limits):
    limits.on = True
    client = api.app.test_client()
    statuses = [
        (
            await client.post("/api/toy-login", headers={**OURS, "X-Forwarded-For": f"203.0.113.{at}", "X-Real-Ip": "::1"})
        ).status_code
        for at in range(8)
    ]
    assert statuses == [200] * 5 + [429] * 3


async def test_strangers_are_counted_by_their_address_and_people_by_their_session(api, limits):
    await api.app.test_client().get("/api/toys", scope_base={"client": ("2001:db8:1:2:3::9", 1)})
    await browser_of(api.app, "owner").get("/api/toys")
    await program_of(api.app, "owner").get("/api/toys")
    assert limits.keys == ["users address 2001:db8:1:2::/64", "users session of owner", "users token of owner"]


async def test_while_nobody_counts_reading_goes_on_and_logins_do_not(api, limits):
    limits.away = True
    assert (await browser_of(api.app, "owner").get("/api/toys")).status_code == 200
    answer = await api.app.test_client().post("/api/toy-login", headers=OURS)
    assert (answer.status_code, await code_of(answer)) == (503, "unavailable")
    assert "secret" not in await answer.get_data(as_text=True)


async def test_a_page_is_admitted_as_the_api_is(app, people, limits):
    class Toy:
        @page("/admin/toys/{toy}", act="users.read")
        async def toy_page(self, toy: str) -> str:
            return f"<h1>{toy}</h1>"

    from web.access.admission import Admission

    Pages(app, Admission(people, limits)).add(Toy())
    assert (await browser_of(app, "moderator").get("/admin/toys/ball")).status_code == 200
    refused = await browser_of(app, "viewer").get("/admin/toys/ball")
    assert (refused.status_code, refused.mimetype) == (403, "text/html")
    assert "Your role does not include this" in await refused.get_data(as_text=True)
    assert (await browser_of(app, "moderator").post("/admin/toys/ball", headers=OURS)).status_code == 405


# Streams


async def opened(client):
    connection = client.request("/api/toy-stream")
    await connection.__aenter__()
    await connection.send_complete()
    return connection


async def until_none_is_open(api):
    for _ in range(500):
        if not len(api.streams):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("a stream goes on")


async def test_a_session_may_keep_four_streams_open(api):
    client, other = browser_of(api.app, "owner"), browser_of(api.app, "owner two")
    held = [await opened(client) for _ in range(4)]
    for connection in held:
        await connection.receive()
    answer = await client.get("/api/toy-stream")
    assert (answer.status_code, await code_of(answer)) == (429, "slow_down")
    assert int(answer.headers["Retry-After"]) > 0
    held.append(await opened(other))
    await held[-1].receive()
    assert len(api.streams) == 5
    for connection in held:
        await connection.disconnect()
        await connection.__aexit__(None, None, None)
    await until_none_is_open(api)


@pytest.mark.parametrize(("panels", "each"), [(1, 4), (2, 2), (5, 2)])
async def test_several_panels_share_the_limits_of_streams(supervisor, panels, each):
    names = ("worker-1", "panel", *(f"panel-{number}" for number in range(2, panels + 1)))
    supervisor.answer = healthy_status(processes=tuple(map(process, names)))
    pulse = Pulse(
        SupervisorStatus(supervisor),
        KeptInMemory(),
        describe=AsyncMock(return_value={}),
        totals=AsyncMock(return_value={}),
        every=0.001,
        stopping=asyncio.Event(),
    )
    following = pulse.follow()
    while (await anext(following)).startswith(b"retry"):
        pass
    streams = Streams(panels=lambda: pulse.panels)
    held = []
    for who in range(500 // panels // each):
        held += [streams.open(following, f"session {who}", AsyncMock()) for _ in range(each)]
        with pytest.raises(Refused):
            streams.open(following, f"session {who}", AsyncMock())
    assert len(streams) == 500 // panels
    with pytest.raises(Refused):
        streams.open(following, "session x", AsyncMock())
    await pulse.stop()


@pytest.mark.parametrize("path", ["/api/queues", "/api/processes", "/api/history?minutes=5"])
async def test_what_an_open_page_asks_by_itself_does_not_keep_the_session(client, people, path):
    assert (await client.get(path)).status_code == 200
    assert {active for *_, active in people.asked} == {False}


async def test_a_stream_that_is_only_looked_for_is_not_opened(api):
    answer = await browser_of(api.app, "owner").open("/api/toy-stream", method="HEAD")
    assert (answer.status_code, answer.mimetype, len(api.streams)) == (200, "text/event-stream", 0)


async def test_a_stream_ends_with_its_session(api, people):
    connection = await opened(browser_of(api.app, "owner"))
    assert await connection.receive() == b"data: hello\n\n"
    await asyncio.sleep(0.1)
    assert {active for *_, active in people.asked} == {False}, "who only listens does not keep the session from expiring"
    people.gone.add("owner")
    async with asyncio.timeout(5):
        assert (await connection.as_response()).status_code == 200
    await until_none_is_open(api)


async def test_a_stream_goes_on_while_the_database_is_away_and_ends_by_itself(api, people, toys):
    connection = await opened(browser_of(api.app, "owner"))
    await connection.receive()
    people.away = True
    await asyncio.sleep(0.1)
    toys.gate.set()
    async with asyncio.timeout(5):
        assert await connection.receive() == b"data: bye\n\n"
        await connection.as_response()
    await until_none_is_open(api)


async def test_the_panel_behind_a_public_name_takes_that_origin(deps, toys):
    app = create_app(replace(deps, public_url="https://panel.example"))
    answer = await app.test_client().get("/api/overview", headers={"Host": "panel.example", "Authorization": "Bearer owner"})
    assert answer.status_code == 200
