"""What another site makes a browser send is refused: forms, scripts, streams, frames."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.web.conftest import browser_of
from web.access.admission import Admission
from web.api.operation import Api
from web.app import create_app

JSON = {"Content-Type": "application/json"}
BODY = b'{"reason": "a"}'


@pytest.fixture
def anna(api):
    """An owner's browser."""
    return browser_of(api.app, "owner")


async def write(client, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post("/api/toys/7", data=BODY, headers={**JSON, **sent})


async def test_a_page_of_ours_may_write(anna, toys):
    assert (await write(anna, Sec_Fetch_Site="same-origin")).status_code == 201
    assert len(toys.done) == 1


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", "SAME-ORIGIN", "same-origin, cross-site"])
async def test_no_other_mark_may_write_whatever_the_origin_says(anna, toys, site):
    """Another port of this machine is same-site, and our Strict cookie comes with it."""
    answer = await write(anna, Sec_Fetch_Site=site, Origin="http://localhost")
    assert (answer.status_code, (await answer.get_json())["error"]["code"]) == (403, "foreign")
    assert toys.done == []


@pytest.mark.parametrize("origin", ["http://localhost", "HTTP://LOCALHOST"])
async def test_an_old_browser_may_write_with_our_origin(anna, origin):
    assert (await write(anna, Origin=origin)).status_code == 201


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://localhost:3002",
        "https://localhost",
        "http://evil.example",
        "http://localhost.evil.example",
        "localhost",
    ],
)
async def test_an_old_browser_may_not_write_with_another(anna, toys, origin):
    assert (await write(anna, Origin=origin)).status_code == 403
    assert toys.done == []


async def test_a_request_that_does_not_say_where_it_comes_from_may_not_write(anna, toys):
    answer = await write(anna)
    assert (answer.status_code, (await answer.get_json())["error"]["code"]) == (403, "foreign")
    assert toys.done == []


async def test_a_log_in_of_a_foreign_page_is_refused_too(api):
    assert (await api.app.test_client().post("/api/toy-login", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403


async def test_a_program_with_a_token_need_not_say(token, toys):
    assert (await write(token)).status_code == 201


@pytest.mark.parametrize("path", ["/api/toys", "/api/toy-stream", "/api/overview", "/openapi.json"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_data_and_streams_are_not_for_pages_of_others(anna, path, site, supervisor):
    answer = await anna.get(path, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, (await answer.get_json())["error"]["code"]) == (403, "foreign")
    assert supervisor.asked == 0


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_list_to_save_is_not_for_pages_of_others(anna, site):
    assert (await anna.get("/admin/audit/acts.csv", headers={"Sec-Fetch-Site": site})).status_code == 403


@pytest.mark.parametrize("site", ["same-origin", "none", None])
async def test_data_is_for_our_pages_and_for_who_types_the_address(anna, site):
    assert (await anna.get("/api/toys", headers={"Sec-Fetch-Site": site} if site else {})).status_code == 200


async def test_others_may_link_to_a_page(anna):
    assert (await anna.get("/admin/dashboard", headers={"Sec-Fetch-Site": "cross-site"})).status_code == 200


async def test_no_answer_lets_another_site_read_it(anna):
    for method in ("GET", "OPTIONS", "POST"):
        headers = {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"}
        answer = await anna.open("/api/toys/7", method=method, headers=headers)
        assert not [name for name, _ in answer.headers if name.lower().startswith("access-control")]
        assert answer.status_code in {403, 405}


async def test_behind_a_proxy_the_public_origin_may_write(deps, toys):
    app = create_app(replace(deps, public_url="https://panel.example"))
    Api(app, Admission(deps.signs, deps.limits)).add(toys)
    client = app.test_client()
    client.set_cookie("panel.example", "__Host-masquerade", "owner", secure=False)
    headers = {**JSON, "Host": "panel.example", "Cookie": "__Host-masquerade=owner"}
    for origin, status in (
        ("https://panel.example", 201),
        ("http://panel.example:8080", 403),
        ("https://evil.example", 403),
    ):
        answer = await client.post("/api/toys/7", data=BODY, headers={**headers, "Origin": origin})
        assert answer.status_code == status, origin


async def test_a_program_without_a_token_reads_how_to_get_one(anna, toys):
    answer = await write(anna)
    assert answer.status_code == 403
    assert "supervisor.py tokens create" in (await answer.get_json())["error"]["message"]
    assert toys.done == []
