"""Somebody breaks a settings file while Masquerade runs: it can still be looked at and stopped."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from control.settings.salvage import salvaged
from tests.control.cli.test_command_line import SUPERVISOR, command, surroundings
from tests.control.supervisors import spawn, supervisor

GOOD = 'data = "records"\n\n[logging]\nfolder = "pages"\nlevel = "INFO"\n\n[admin]\nport = 3001\n'
TOKEN = f"123456789:{'A' * 35}"

BROKEN = {
    "a section without its end": ("settings.toml", GOOD + "[profile\nmax_age = 90\n", "settings.toml cannot be read"),
    "a text without its end": ("settings.toml", GOOD.replace('"pages"', '"pages'), "settings.toml cannot be read"),
    "the line of the data": ("settings.toml", GOOD.replace('"records"', '"records'), "settings.toml cannot be read"),
    "no text": ("settings.toml", GOOD + "# \udcff\udcfe\n", "settings.toml cannot be read"),
    "a wrong value": ("settings.toml", GOOD.replace("3001", "70000"), "admin.port in settings.toml: 70000"),
    "an unknown key": ("settings.toml", GOOD + "prot = 1\n", "settings.toml: there is no setting admin.prot"),
    "two that contradict": ("settings.toml", GOOD + "[profile]\nmin_age = 140\n", "in settings.toml (140) is above"),
    "a line that is no variable": (".env", "MASQUERADE_DATA=records\nthis is wrong\n", ".env line 2 is not NAME=value"),
    "a wrong variable": (".env", "NODE_ENV=moon\n", "NODE_ENV in .env: 'moon'"),
    "a secret at the wrong place": (".env", f"TELEGRAM_SERVER={TOKEN}\n", "TELEGRAM_SERVER in .env: '123456789:***'"),
}


async def told(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    environ = {**surroundings(folder), "ADMIN_PORT": ""}
    process = await spawn(folder, SUPERVISOR, *arguments, environ=environ)
    said, cried = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode(), cried.decode()


@pytest.mark.timeout(180)
async def test_a_broken_file_is_named_in_one_line_and_does_not_stop_status_logs_and_stop(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(GOOD, encoding="utf-8")
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        for file, text, fault in BROKEN.values():
            (tmp_path / "settings.toml").write_text(GOOD, encoding="utf-8")
            (tmp_path / ".env").unlink(missing_ok=True)
            (tmp_path / file).write_text(text, encoding="utf-8", errors="surrogateescape")
            code, said, cried = await told(tmp_path, "status", "--json")
            assert (code, orjson.loads(said)["healthy"]) == (0, True)
            assert fault in cried
            assert cried.count("\n") == 1
            assert TOKEN not in cried
        (tmp_path / "settings.toml").write_text(BROKEN["a text without its end"][1], encoding="utf-8")
        code, said, cried = await told(tmp_path, "logs")
        assert (code, cried.count("\n")) == (0, 1)
        assert "worker-1" in said
        code, said, cried = await told(tmp_path, "stop")
        assert (code, said.splitlines()[-1]) == (0, "Stopped.")
        assert cried.count("\n") == 1
        assert await running.ends() == 0


async def test_without_a_running_supervisor_the_exit_code_is_still_three(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[admin\n", encoding="utf-8")
    code, said, cried = await told(tmp_path, "status")
    assert (code, said) == (3, "")
    assert len(cried.splitlines()) == 2


async def test_a_wrong_value_does_not_stop_config_list_and_is_not_shown_as_in_force(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[profile]\nmax_age = 900\nmin_age = 14\n", encoding="utf-8")
    code, said, cried = await told(tmp_path, "config", "list")
    assert code == 0
    assert "profile.max_age = 120  (default)" in said
    assert "profile.min_age = 14  (profile.min_age in settings.toml)" in said
    assert "profile.max_age in settings.toml: 900 is not" in cried
    code, _, cried = await told(tmp_path, "config", "set", "profile.min_age", "15")
    assert code == os.EX_CONFIG
    assert "profile.max_age in settings.toml" in cried


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("settings.toml", "[stores\n"),
        (".env", "POSTGRES_URI postgresql://h/d\n"),
        ("settings.toml", "[stores]\npostgres_uri = 7\n"),
    ],
)
async def test_config_list_opens_no_other_database_than_the_one_that_was_meant(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / file).write_text(text, encoding="utf-8")
    code, said, cried = await told(tmp_path, "config", "list")
    assert (code, said) == (os.EX_CONFIG, "")
    assert cried.count("\n") == 1
    assert not (tmp_path / "var").exists()


def test_what_is_left_of_a_broken_file_is_read_by_its_lines(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        "data = 'elsewhere'\n[cluster\nworkers = 1\n[flood]\nburst = 8\nrate = fast\nroute = 1\n", encoding="utf-8"
    )
    (tmp_path / ".env").write_text("ADMIN_PORT=4000\n???\nMASQUERADE_FLOOD__BURST=9\nMASQUERADE_FOO=1\n", encoding="utf-8")
    found = salvaged(tmp_path, {"ADMIN_PORT": "4001"}, working=tmp_path)
    settings = found.loaded.settings
    assert settings.data == str(tmp_path / "elsewhere")
    assert (settings.flood.burst, settings.flood.rate, settings.admin.port) == (9, 3.0, 4001)
    assert found.loaded.origins["flood.burst"] == "MASQUERADE_FLOOD__BURST in .env"
    assert not found.records_known
    assert "\n" not in found.fault


async def test_what_needs_all_settings_still_refuses_broken_ones(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[admin\n", encoding="utf-8")
    for name in ("run", "settings"):
        code, text = await command(tmp_path, name)
        assert (code, text.count("\n")) == (os.EX_CONFIG, 1)
