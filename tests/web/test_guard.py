"""What the panel serves to whom: host names, security headers, and errors that show no secrets."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.web.doubles import CountingLimits, KnownPeople
from web.access.admission import Admission
from web.app import create_app
from web.pages.page import Pages, page

ROOT = Path(__file__).parents[2]


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


EVERYTHING = [
    ("GET", "/health", 200),
    ("GET", "/admin/dashboard", 200),
    ("GET", "/api/overview", 200),
    ("GET", "/static/css/base.css", 200),
    ("GET", "/static/nowhere.css", 404),
    ("GET", "/static/../app.py", 404),
    ("GET", "/nowhere", 404),
    ("GET", "/api/nowhere", 404),
    ("GET", "/", 302),
    ("POST", "/api/overview", 405),
    ("OPTIONS", "/api/overview", 405),
    ("TRACE", "/api/overview", 405),
    ("GET", "/api/overview?x=1", 422),
    ("HEAD", "/api/overview", 200),
]


@pytest.mark.parametrize(("method", "path", "status"), EVERYTHING)
async def test_every_answer_has_the_security_headers(client, method, path, status):
    answer = await client.open(path, method=method)
    headers = answer.headers
    assert answer.status_code == status
    policy = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    own = dict.fromkeys(("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action"), "'self'")
    assert policy == own | dict.fromkeys(("default-src", "base-uri", "object-src", "frame-ancestors"), "'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY", "browsers that do not know frame-ancestors"
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers, "this machine, without TLS"
    assert headers["Cache-Control"] == ("no-cache" if path == "/static/css/base.css" else "no-store")


async def test_over_tls_browsers_are_told_to_stay_there(client):
    for path in ("/health", "/admin/dashboard", "/api/nowhere", "/static/css/base.css"):
        answer = await client.get(path, scope_base={"scheme": "https"})
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_a_static_file_with_its_digest_is_kept_for_ever_and_with_another_it_is_not(client):
    page = await (await client.get("/admin/dashboard")).get_data(as_text=True)
    for link in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page)):
        assert "?v=" in link
        assert (await client.get(link)).headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert (await client.get(link + "0")).headers["Cache-Control"] == "no-cache"
    assert (await client.get("/static/nowhere.css?v=")).headers["Cache-Control"] == "no-store"


def test_no_template_has_inline_code():
    for template in (ROOT / "web" / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|<style|\son\w+=|hx-on|javascript:|https?://", text), template
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), template


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
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
async def test_a_wrong_method_is_refused_in_json_with_those_that_are_right(client, path, method):
    answer = await client.open(path, method=method)
    assert answer.status_code == 405
    assert (await answer.get_json())["error"]["code"] == "method"
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}


@pytest.mark.parametrize(("path", "kind"), [("/api/overview", "application/json"), ("/admin/broken", "text/html")])
async def test_an_internal_error_shows_nothing_but_where_the_log_has_it(client, app, supervisor, caplog, path, kind):
    class Broken:
        @page("/admin/broken", act="overview.read")
        async def broken(self) -> str:
            raise RuntimeError("SELECT secret FROM panel_sessions")

    Pages(app, Admission(KnownPeople(), CountingLimits())).add(Broken())
    supervisor.answer = object()
    answer = await client.get(path)
    text = await answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (500, kind)
    assert not re.search("Traceback|SELECT|object|RuntimeError", text)
    ref = re.search(r"\(ref (\w{8})\)", caplog.text)
    assert ref
    assert ref[1] in text
    assert "Traceback" in caplog.text


async def test_a_name_of_ours_behind_a_proxy_is_answered(deps):
    app = create_app(replace(deps, public_url="https://panel.example:8443"))
    for host, status in (("panel.example:8443", 200), ("panel.example", 200), ("localhost", 200), ("other.example", 421)):
        answer = await app.test_client().get("/api/overview", headers={"Host": host, "Authorization": "Bearer owner"})
        assert answer.status_code == status
