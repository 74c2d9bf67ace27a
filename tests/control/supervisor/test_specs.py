"""Which processes there are, and whether a sandbox takes Telegram's place."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from control.settings import loading as configuration
from control.supervisor import specs
from control.supervisor.specs import World
from domain.errors import SettingsError
from transport.sandbox.mtproto import credentials

ONE = "111111:" + "a" * 35
TWO = "222222:" + "b" * 35
REAL = {"BOT_TOKENS": ONE, "TELEGRAM_API_ID": "1", "TELEGRAM_API_HASH": "x"}


def read(folder: Path, **environ: str) -> configuration.Loaded:
    return configuration.read(folder, environ, working=folder)


def wants(folder: Path, *, asked: bool = False, **environ: str) -> bool:
    return specs.wants_sandbox(read(folder, **environ), asked=asked)


def test_a_sandbox_starts_by_itself_only_where_nothing_real_is_configured(tmp_path: Path) -> None:
    assert wants(tmp_path)
    assert wants(tmp_path, SQLITE_DB_PATH="x.db", REDIS_URL="memory://", ADMIN_PORT="5000")
    assert not wants(tmp_path, **REAL)


@pytest.mark.parametrize("real", [{"POSTGRES_URI": "postgresql://h/d"}, {"REDIS_URL": "redis://h"}])
def test_anything_real_needs_telegram_and_no_token_yet(tmp_path: Path, real) -> None:
    with pytest.raises(SettingsError, match=r"TELEGRAM_API_ID .* is missing; .* or add --sandbox"):
        wants(tmp_path, **real)
    assert wants(tmp_path, asked=True, **real)
    assert not wants(tmp_path, TELEGRAM_API_ID="1", TELEGRAM_API_HASH="x", **real)


def test_telegram_itself_needs_the_applications_id(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_API_ID"):
        wants(tmp_path, BOT_TOKENS=ONE)
    with pytest.raises(SettingsError, match="TELEGRAM_API_HASH"):
        wants(tmp_path, BOT_TOKENS=ONE, TELEGRAM_API_ID="1")
    key = credentials.prepare(tmp_path / "server").public_key
    assert not wants(tmp_path, BOT_TOKENS=ONE, TELEGRAM_SERVER="h:443", TELEGRAM_PUBLIC_KEY=str(key))


@pytest.mark.parametrize("content", [None, "", "no key at all", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_a_servers_key_that_cannot_be_read_refuses_the_start_by_name(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "key.pem").write_text(content)
    with pytest.raises(SettingsError, match=r"TELEGRAM_PUBLIC_KEY: .*key\.pem .*; name the server's PEM file"):
        wants(tmp_path, BOT_TOKENS=ONE, TELEGRAM_SERVER="h:443", TELEGRAM_PUBLIC_KEY="key.pem")


def test_a_sandbox_and_another_server_contradict(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--sandbox and TELEGRAM_SERVER name two servers"):
        wants(tmp_path, asked=True, TELEGRAM_SERVER="h:443", TELEGRAM_PUBLIC_KEY="key.pem")


def test_children_start_in_order_and_are_told_of_the_sandbox(tmp_path: Path) -> None:
    world = World(folder=tmp_path, tokens=(TWO,), public_key=tmp_path / "public.pem")
    loaded = read(tmp_path, REDIS_URL="redis://h", WORKERS="2", BOT_TOKENS=ONE)
    stages = specs.plan(loaded, tmp_path, world).stages
    assert [[spec.name for spec in stage] for stage in stages] == [["sandbox"], ["worker-1", "worker-2"], ["panel"]]
    told = stages[1][0].environ
    assert told["BOT_TOKENS"] == TWO
    assert read(tmp_path, **{**told, "BOT_TOKEN": told["BOT_TOKEN"]}).settings.telegram.server == "127.0.0.1:4430"


def test_bots_of_the_sandbox_that_the_operator_names_are_the_ones_served(tmp_path: Path) -> None:
    wrong = "999999:" + "z" * 35
    world = World(folder=tmp_path, tokens=(ONE, TWO), public_key=tmp_path / "public.pem")
    stages = specs.plan(read(tmp_path, BOT_TOKENS=f"{ONE},{wrong}"), tmp_path, world).stages
    assert stages[1][0].environ["BOT_TOKENS"] == f"{ONE},{wrong}"


def test_a_port_in_use_is_named_with_its_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(SettingsError, match=rf"ADMIN_PORT: 127\.0\.0\.1:{port} cannot be used \(address already in use\)"):
            specs.ports_are_free(read(tmp_path, ADMIN_PORT=port), sandbox=False)


@pytest.mark.parametrize("host", ["no name", "192.0.2.1"])
def test_a_panels_address_that_is_not_this_machines_is_named_instead_of_the_port(tmp_path: Path, host: str) -> None:
    with pytest.raises(
        SettingsError, match=rf"^ADMIN_HOST: {host}:3001 cannot be used \(.+\); write an address of this machine$"
    ):
        specs.ports_are_free(read(tmp_path, ADMIN_HOST=host, ADMIN_PUBLIC_URL="https://panel.example.org"), sandbox=False)
