"""`supervisor.py admin` and `supervisor.py tokens` on the records of a house that does not run, on both databases."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

import supervisor
from control.access import access_records, address_of, login_link
from domain.panel.login import Client, State
from domain.panel.roles import Role
from domain.settings import Admin, Settings
from storage.sql.database import open_database
from storage.sql.review.audit import SqlAudit

OLGA, ANNA = 7_000_000_001, 7_000_000_002


class Office:
    """An operator's terminal, and the records behind it."""

    def __init__(self, folder, uri: str) -> None:
        self.folder, self.uri = folder, uri

    def says(self, *words: str) -> tuple[int, str]:
        outcome = CliRunner().invoke(supervisor.app, list(words))
        if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
            raise outcome.exception
        return outcome.exit_code, outcome.output

    def reads(self, *words: str) -> Any:
        code, text = self.says(*words, "--json")
        assert code == 0, text
        return orjson.loads(text)

    def records(self, work) -> Any:
        async def done() -> Any:
            async with access_records(supervisor._settings().settings) as records:
                return await work(records)

        return asyncio.run(done())

    def acts(self) -> list[tuple[str, str, str]]:
        async def read() -> list[tuple[str, str, str]]:
            database = await open_database(self.uri)
            try:
                return [(each.act, each.target.partition(":")[0], each.source) for each in await SqlAudit(database).newest(50)]
            finally:
                await database.close()

        return asyncio.run(read())[::-1]


@pytest.fixture(params=["sqlite", "postgres"])
def office(request, tmp_path, monkeypatch) -> Office:
    (tmp_path / "settings.toml").write_text("")
    monkeypatch.setenv("MASQUERADE_FOLDER", str(tmp_path))
    monkeypatch.setenv("ADMIN_TELEGRAM_IDS", str(OLGA))
    uri = request.getfixturevalue("postgres_uri") if request.param == "postgres" else f"sqlite:{tmp_path}/house.db"
    name = "POSTGRES_URI" if request.param == "postgres" else "SQLITE_DB_PATH"
    monkeypatch.setenv(name, uri.removeprefix("sqlite:"))
    return Office(tmp_path, uri)


def test_a_link_logs_an_owner_in_once_and_is_in_the_audit(office: Office):
    told = office.reads("admin", "login", "--by", "root")
    address, mark, secret = told["link"].partition("#")
    assert (address, mark) == ("http://127.0.0.1:3001/admin/login", "#")
    first = office.records(lambda records: records.logins.follow(secret, Client()))
    second = office.records(lambda records: records.logins.follow(secret, Client()))
    assert (first.state, second.state) == (State.ACCEPTED, State.EXPIRED)
    assert office.records(lambda records: records.sessions.find(first.session)).role is Role.OWNER
    assert office.acts() == [("login link", "login", "cli"), ("login", "session", "panel")]
    code, text = office.says("admin", "login")
    assert code == 0
    assert "http://127.0.0.1:3001/admin/login#" in text


def test_a_token_is_shown_once_and_works_until_it_is_revoked(office: Office):
    secret = office.reads("tokens", "create", "ci", "--role", "viewer", "--days", "30")["token"]
    assert office.records(lambda records: records.tokens.find(secret)).role is Role.VIEWER
    [listed] = office.reads("tokens", "list")
    assert (listed["name"], listed["role"]) == ("ci", "viewer")
    assert secret not in str(office.says("tokens", "list"))
    code, text = office.says("tokens", "create", "ci", "--role", "owner")
    assert code == 2
    assert "tokens revoke ci" in text
    assert office.says("tokens", "revoke", "ci") == (0, "Revoked.\n")
    assert office.says("tokens", "revoke", "ci")[0] == 2
    assert office.records(lambda records: records.tokens.find(secret)) is None
    assert office.says("tokens", "list") == (0, "No tokens.\n")


@pytest.mark.parametrize(
    "words",
    [
        ("tokens", "create", "a b", "--role", "viewer"),
        ("tokens", "create", "x" * 41, "--role", "viewer"),
        ("tokens", "create", "é", "--role", "viewer"),
        ("tokens", "create", "ci"),
        ("tokens", "create", "ci", "--role", "king"),
        ("tokens", "create", "ci", "--role", "viewer", "--days", "366"),
        ("tokens", "create", "ci", "--role", "viewer", "--by", "\udcff"),
        ("admin", "add", "0", "--role", "viewer"),
        ("admin", "add", "9" * 30, "--role", "viewer"),
        ("admin", "add", str(ANNA), "--role", "viewer", "--name", "x" * 41),
        ("admin", "add", str(ANNA), "--role", "viewer", "--name", "a\nb"),
        ("admin", "add", str(ANNA), "--role", "viewer", "--name", "\udcff"),
        ("admin", "remove", str(ANNA)),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(office: Office, words):
    code, text = office.says(*words)
    assert code == 2, text
    assert office.reads("tokens", "list") == []
    assert [each["user"] for each in office.reads("admin", "list")] == [OLGA]


def test_admins_are_added_and_removed_but_not_those_of_the_settings(office: Office):
    assert office.says("admin", "add", str(ANNA), "--role", "moderator", "--name", "Anna")[0] == 0
    assert [(each["user"], each["role"], each["of_settings"]) for each in office.reads("admin", "list")] == [
        (OLGA, "owner", True), (ANNA, "moderator", False),
    ]  # fmt: skip
    assert "by ADMIN_TELEGRAM_IDS" in office.says("admin", "list")[1]
    for command in (("admin", "add", str(OLGA), "--role", "viewer"), ("admin", "remove", str(OLGA))):
        code, text = office.says(*command)
        assert (code, "ADMIN_TELEGRAM_IDS" in text) == (2, True)
    assert office.says("admin", "remove", str(ANNA)) == (0, "Removed.\n")
    assert office.acts() == [("admin", "admin", "cli"), ("remove admin", "admin", "cli")]


def test_the_last_owner_is_neither_removed_nor_demoted(office: Office, monkeypatch):
    monkeypatch.setenv("ADMIN_TELEGRAM_IDS", "")
    office.reads("admin", "add", str(ANNA), "--role", "owner")
    for command in (("admin", "remove", str(ANNA)), ("admin", "add", str(ANNA), "--role", "viewer")):
        code, text = office.says(*command)
        assert (code, "make somebody else an owner first" in text) == (2, True)
    office.reads("admin", "add", str(OLGA), "--role", "owner")
    assert office.says("admin", "remove", str(ANNA))[0] == 0


@pytest.mark.parametrize(
    ("admin", "address"),
    [
        (Admin(), "http://127.0.0.1:3001"),
        (Admin(host="0.0.0.0", port=80), "http://127.0.0.1:80"),
        (Admin(host="::1"), "http://[::1]:3001"),
        (Admin(host="10.1.2.3"), "http://10.1.2.3:3001"),
        (Admin(public_url="https://panel.example.org/"), "https://panel.example.org"),
    ],
)
def test_the_link_is_one_that_a_browser_can_open(admin, address):
    settings = Settings(admin=admin)
    assert address_of(settings) == address
    assert login_link(settings, "x") == f"{address}/admin/login#x"
