"""What the panel serves to whom: host names, security headers, and errors that show no secrets."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from web.app import create_app


async def test_the_root_leads_to_the_dashboard(client):
    answer = await client.get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/admin/dashboard"


async def test_the_dashboard_is_a_page_without_inline_scripts_or_styles(client):
    answer = await client.get("/admin/dashboard")
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Overview" in page
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert "<style" not in page
    assert "style=" not in page


async def test_everything_that_the_dashboard_links_to_is_there(client):
    page = await (await client.get("/admin/dashboard")).get_data(as_text=True)
    links = set(re.findall(r'(?:src|href)="(/[^"]+)"', page))
    assert len(links) >= 4
    for link in links:
        assert (await client.get(link)).status_code == 200, link


@pytest.mark.parametrize("path", ["/health", "/admin/dashboard", "/api/overview", "/static/panel.css", "/nowhere"])
async def test_every_answer_has_the_security_headers(client, path):
    headers = (await client.get(path)).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Frame-Options"] == "DENY", "browsers that do not know frame-ancestors"


@pytest.mark.parametrize(("method", "host", "code"), [("GET", "evil.example", 421), ("POST", "localhost", 405)])
async def test_a_refusal_cannot_be_framed_either(client, method, host, code):
    answer = await client.open("/api/overview", method=method, headers={"Host": host})
    assert answer.status_code == code
    assert answer.headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("host", ["localhost", "localhost:3001", "127.0.0.1:3001", "[::1]:3001", "LOCALHOST", "panel.example:80"])
async def test_the_names_of_this_machine_are_answered(deps, host):
    app = create_app(replace(deps, host="panel.example"))
    answer = await app.test_client().get("/api/overview", headers={"Host": host, "Authorization": "Bearer owner"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:3001",
        "evil@127.0.0.1",
        "[::2]:3001",
        "10.0.0.1",
        "127.0.0.1:x",
    ],
)
async def test_a_foreign_host_name_is_refused_and_the_supervisor_is_not_asked(client, supervisor, host):
    answer = await client.get("/api/overview", headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert supervisor.asked == 0


async def test_an_unknown_page_is_friendly(client):
    answer = await client.get("/nowhere")
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 404
    assert "Nothing here" in page
    assert "/admin/dashboard" in page


async def test_an_unknown_api_address_is_json(client):
    answer = await client.get("/api/nowhere")
    assert answer.status_code == 404
    assert "error" in await answer.get_json()


@pytest.mark.parametrize("path", ["/api/overview", "/health"])
async def test_a_wrong_method_is_refused_in_json(client, path):
    answer = await client.post(path)
    assert answer.status_code == 405
    assert "error" in await answer.get_json()


async def test_an_internal_error_shows_no_secrets(client, app, supervisor):
    supervisor.answer = object()
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = await client.get("/api/overview")
    assert answer.status_code == 500
    assert "Traceback" not in await answer.get_data(as_text=True)
    assert "error" in await answer.get_json()
