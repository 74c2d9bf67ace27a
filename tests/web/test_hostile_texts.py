"""Whatever people, admins and Telegram can write is shown as text on every page, never as a part of the page."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from domain.model.ids import UserId
from domain.panel.login import Client
from domain.panel.roles import Role
from domain.ports.review import Act, Operator
from domain.status import BotStatus, ProcessState
from tests.web.supervisors import healthy_status, process

EVIL = "\"'><evil-x onload=a(1)>&lt;{{7*7}}"
"""As a name may be: at most 40 characters, all of which can be seen."""
MALLORY = UserId(7_000_000_021)
PARTS = {"user": str(MALLORY), "bot": "1", "key": "vip.trial_days"}
ROOT = Operator(name=EVIL, source="cli", browser=EVIL, address=EVIL)


class Evil(HTMLParser):
    """Finds what has become an element or an attribute of its own."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if tag.startswith("evil") or any(name.startswith(("on", "evil")) for name in names):
            self.found.append(self.get_starttag_text() or tag)


@pytest.fixture
async def deps(deps, access, database, audit, supervisor):
    bot = BotStatus(id=7_100_000_001, username=EVIL, state="refused", served=False, worker=EVIL, detail=EVIL)
    broken = process("worker-1", ProcessState.BACKOFF, last_error=EVIL)
    supervisor.answer = healthy_status(bots=(bot,), processes=(broken, process("panel")), problems=(EVIL,))
    await access.admins.add(MALLORY, Role.MODERATOR, EVIL, ROOT)
    await access.logins.follow(await access.logins.link(ROOT), Client(address="203.0.113.7", browser=EVIL))
    await access.tokens.create("ci", Role.VIEWER, 1, ROOT)
    await audit.add(Act(operator=ROOT, name=EVIL, target=f"user:{MALLORY}", before={EVIL: [EVIL]}, after=EVIL))
    await deps.configuration.save({"vip.trial_days": 3}, by=ROOT, note=EVIL)
    evil = EVIL.replace("'", "''")
    async with database.transaction() as connection:
        await connection.execute(
            "INSERT INTO users (id, language, gender, age, vip_until, banned_until, wishes, created_at, updated_at) "
            f"VALUES ({MALLORY}, '{evil}', 'female', 30, 0, 0, '{{}}', 1.0, 1.0)"
        )
        await connection.execute(f"INSERT INTO bans VALUES ({MALLORY}, 9e9, '{evil}', '{evil}', 1.0, '{evil}', TRUE)")
    return deps


async def test_no_text_becomes_a_part_of_a_page(app, client):
    shown = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("page.") or rule.rule.endswith((".csv", ".json")):
            continue
        path = rule.rule
        for name, value in PARTS.items():
            path = path.replace(f"<{name}>", value)
        answer = await client.get(path)
        page = await answer.get_data(as_text=True)
        assert answer.status_code in {200, 302, 404}, (path, answer.status_code)
        assert Evil(page).found == [], path
        assert "49" not in page.split("evil-x", 1)[-1][:60], f"{path}: a text was read as a template"
        shown += "&lt;evil-x onload=a(1)&gt;" in page
    assert shown >= 6, "admins, sessions, audit, a person, a bot, a setting"


@pytest.mark.parametrize("path", [f"/admin/nowhere/{EVIL}", f"/admin/configuration/{EVIL}", f"/admin/audit?who={EVIL}"])
async def test_what_an_address_says_is_shown_as_text(client, path):
    answer = await client.get(path.replace("%", "%25").replace("#", "%23").replace("&", "%26"))
    assert Evil(await answer.get_data(as_text=True)).found == []


async def test_the_api_answers_as_json_that_no_browser_shows_as_a_page(client):
    for path in ("/api/users", "/api/admins", "/api/overview", "/api/bots", "/api/audit", "/api/config"):
        answer = await client.get(path)
        assert (answer.status_code, answer.content_type) == (200, "application/json"), path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
