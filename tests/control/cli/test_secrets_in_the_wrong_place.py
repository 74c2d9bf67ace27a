"""An operator writes a secret into the wrong setting, key or argument: no command shows it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control.settings import loading, table
from control.settings.entries import static_entry
from control.settings.loading import LEAVES
from control.settings.variables import long_name_of
from domain.errors import SettingsError
from tests.control.cli.test_command_line import command
from tests.control.supervisors import supervisor

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
TOKEN = f"123456789:{SECRET}"
DSN = f"postgresql://anna:{SECRET}@db:5432/chats"
HEX = "0123456789abcdef" * 2

ARGUMENTS = {
    "a key to set": ("config", "set", TOKEN, "5"),
    "a value": ("config", "set", "profile.max_age", TOKEN),
    "a channel": ("config", "set", "channels.required", f'["{TOKEN}"]'),
    "a section": ("config", "history", DSN),
    "a command": (TOKEN,),
    "an option": ("logs", "--level", TOKEN),
    "a number": ("scale", TOKEN),
}


@pytest.mark.parametrize("arguments", ARGUMENTS.values(), ids=ARGUMENTS.keys())
async def test_a_secret_among_the_arguments_is_not_repeated(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    code, text = await command(tmp_path, *arguments)
    assert code != 0
    assert SECRET not in text
    assert "***" in text


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "environ",
    [
        {"ADMIN_HOST": DSN, "TELEGRAM_PUBLIC_KEY": TOKEN, "SQLITE_DB_PATH": DSN, "TELEGRAM_TOKEN": TOKEN},
        {"TELEGRAM_SERVER": TOKEN},
    ],
    ids=["settings that take any text", "one that is refused"],
)
async def test_a_secret_in_the_wrong_setting_is_not_shown(tmp_path: Path, environ: Mapping[str, str]) -> None:
    for arguments in (("settings",), ("doctor",), ("config", "list", "--json"), ("config", "get", "admin.host", "--json")):
        _, text = await command(tmp_path, *arguments, **environ)
        assert SECRET not in re.sub(r"\s", "", text), arguments


async def test_a_secret_in_a_note_and_as_a_name_is_not_shown_again(tmp_path: Path) -> None:
    arguments = ("config", "set", "profile.max_age", "90", "--by", DSN, "--note", f"as the token {TOKEN} says")
    for again in (arguments, ("config", "history", "profile.max_age", "--json")):
        code, text = await command(tmp_path, *again)
        assert code == 0
        assert SECRET not in text


async def test_a_token_in_place_of_a_bots_id_is_in_no_answer_and_no_log(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        _, text = await command(tmp_path, "drain", TOKEN)
        assert SECRET not in text
        assert "***" in text
        assert SECRET not in running.log()


@settings(max_examples=300, deadline=None)
@given(key=st.sampled_from(sorted(LEAVES)), secret=st.sampled_from([TOKEN, DSN, HEX, f"host=db password={SECRET}"]))
def test_whatever_setting_a_secret_is_written_into_nothing_shows_it(key: str, secret: str, tmp_path_factory) -> None:
    folder = tmp_path_factory.getbasetemp()
    try:
        loaded = loading.read(folder, {long_name_of(key): secret}, working=folder)
    except SettingsError as error:
        shown = str(error)
    else:
        shown = f"{list(table.effective(loaded))} {loaded.warnings} {static_entry(key, loaded)}"
    assert SECRET not in shown
    assert HEX not in shown
