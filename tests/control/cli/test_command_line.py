"""`supervisor.py` as an operator calls it."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path

import orjson
import pytest

from control.supervisor.lock import RUNNING
from tests.control.supervisors import ROOT, Running, spawn, supervisor
from tests.servers import free_ports

SUPERVISOR = ROOT / "supervisor.py"
REFUSED_BY_SETTINGS = os.EX_CONFIG


def surroundings(folder: Path) -> dict[str, str]:
    """Settings under which nothing else on this machine is in the way."""
    ports = zip(("ADMIN_PORT", "SANDBOX_PORT", "SANDBOX_HTTP_PORT"), map(str, free_ports(3)), strict=True)
    return {"MASQUERADE_FOLDER": str(folder), "COLUMNS": "200", **dict(ports)}


async def command(folder: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    """Exit code, and all that was said."""
    process = await spawn(folder, SUPERVISOR, *arguments, environ={**surroundings(folder), **environ})
    async with asyncio.timeout(40):
        said, cried = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (said + cried).decode()


async def test_status_while_all_is_well(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        code, text = await command(tmp_path, "status")
        assert code == 0
        assert "healthy" in text
        assert "worker-1" in text
        assert "@first_bot" in text
        code, text = await command(tmp_path, "status", "--json")
    status = orjson.loads(text)
    assert code == 0
    assert status["healthy"] is True
    assert status["processes"][0]["state"] == "ready"


async def test_status_names_the_problem(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=refuses") as running:
        await running.says("STARTED")
        code, text = await command(tmp_path, "status")
    assert code == 1
    assert "worker-1 is down for good: BOT_TOKENS is wrong; mend it" in text


@pytest.mark.parametrize("name", ["status", "stop"])
async def test_where_nothing_runs_the_exit_code_is_three(tmp_path: Path, name: str) -> None:
    code, text = await command(tmp_path, name)
    assert code == 3
    assert text.strip() == f"no supervisor runs in {tmp_path / 'var'}; start it with: python supervisor.py run"


async def test_stop_waits_until_everything_is_gone(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        code, text = await command(tmp_path, "stop")
        assert (code, text.splitlines()[-1]) == (0, "Stopped.")
        assert await running.ends() == 0


async def test_stop_says_when_it_is_not_over_in_time(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=never_stops") as running:
        await running.says("STARTED")
        code, text = await command(tmp_path, "stop", "--timeout", "0.1")
    assert code == 1
    assert "Still stopping after 0.1 s" in text


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"BOT_TOKENS": "nonsense"}, "BOT_TOKENS: token 1 is not a bot token; copy it whole from @BotFather"),
        ({"REDIS_URL": "redis://127.0.0.1:1"}, "TELEGRAM_API_ID (telegram.api_id) is missing; Telegram gives it at"),
        ({"WORKERS": "2"}, "WORKERS: 2 workers cannot share memory://"),
        ({"ENCRYPTION_KEY": "short"}, "stores.encryption_key: not 32 bytes in base64"),
        (
            {"MASQUERADE_DATA": "/dev/null"},
            "data (MASQUERADE_DATA): /dev/null cannot be used (File exists); name a folder that this user may write to",
        ),
        ({"MASQUERADE_LOGGING__FOLDER": "/dev/null"}, "logging.folder: /dev/null cannot be written (File exists); move the file"),
        (
            {"MASQUERADE_FOLDER": "/nowhere"},
            "MASQUERADE_FOLDER: /nowhere is not a folder; name the one in which settings.toml is",
        ),
    ],
)
async def test_a_wrong_setting_ends_the_start_with_one_line(tmp_path: Path, environ, told) -> None:
    code, text = await command(tmp_path, "run", **environ)
    assert code == REFUSED_BY_SETTINGS
    assert text.startswith(told)
    assert text.count("\n") == 1


async def test_a_port_that_is_taken_ends_the_start_with_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        code, text = await command(tmp_path, "run", ADMIN_PORT=str(other.getsockname()[1]))
    assert code == REFUSED_BY_SETTINGS
    assert text.startswith("ADMIN_PORT: 127.0.0.1:")
    assert text.count("\n") == 1


async def test_a_second_run_is_refused_with_one_line(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        code, text = await command(tmp_path, "run")
        assert code == 1
        assert text.startswith(f"Masquerade already runs here (process {running.process.pid}")
        assert text.count("\n") == 1


async def test_migrate_makes_the_schema_once(tmp_path: Path) -> None:
    code, text = await command(tmp_path, "migrate")
    assert code == 0
    assert text.startswith("applied 0001")
    assert "Applying" not in text
    code, text = await command(tmp_path, "migrate")
    assert (code, text) == (0, "The schema is up to date.\n")
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["profile.max_age"], "profile.max_age has no value"),
        (["profile.max_age", "20", "30"], "3 words are no pairs of a setting and its value"),
        (["profile.max_age", "20", "profile.max_age", "30"], "profile.max_age gets two values; leave one out"),
        (["profile.max_age=20"], "a space stands between a setting and its value: profile.max_age 20"),
        ([], "Missing argument"),
    ],
    ids=["no value", "two values", "the setting twice", "an equals sign", "nothing"],
)
async def test_config_set_without_one_value_for_each_setting_shows_its_usage(tmp_path: Path, words, told) -> None:
    code, text = await command(tmp_path, "config", "set", *words)
    assert code == 2
    assert "Usage: supervisor.py config set" in text
    assert told in text
    assert not (tmp_path / "var").exists()


async def test_a_part_started_by_hand_says_how_to_start_it(tmp_path: Path) -> None:
    process = await spawn(tmp_path, "-m", "control.panel")
    _, cried = await process.communicate()
    assert process.returncode == os.EX_USAGE
    assert b"cannot run by itself; start it with: python supervisor.py run" in cried


async def test_the_lock_file_of_a_dead_supervisor_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / RUNNING).write_text('{"pid": 1, "socket": "/nowhere"}', encoding="utf-8")
    async with supervisor(tmp_path, "worker-1=works") as running:
        assert isinstance(running, Running)
        assert (await running.says("STARTED")) == "STARTED 1"
