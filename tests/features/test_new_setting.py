"""A setting is added as CONTRIBUTING.md says: a field and its line in settings.toml. All else of it follows.

The product is copied, and the field is written into the copy. What is asked there is `supervisor.py`, as an operator asks it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("actors", "control", "domain", "storage", "transport", "web")
SECTION = "class ProfileRules(Section, frozen=True):\n"
FIELD = """\
    shoe_size: Annotated[
        int, Meta(ge=1, le=60, title="largest shoe size", description="The largest shoe size.", extra={"unit": "sizes"})
    ] = 44
"""
LINE = "[profile]\n# The largest shoe size that a profile may state.\nshoe_size = 44\n"
VARIABLE = "MASQUERADE_PROFILE__SHOE_SIZE"
TIME_LIMIT = 60.0


class House:
    """A copy of the product, which nobody runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in FOLDERS:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("supervisor.py", "settings.toml"):
            shutil.copy(ROOT / name, folder / name)

    def write(self, file: str, before: str, after: str) -> None:
        """Replaces the one place where `before` stands."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert text.count(before) == 1
        path.write_text(text.replace(before, after), encoding="utf-8")

    def asked(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Exit code, and all that was said."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(("MASQUERADE_", "PYTHONPATH"))}
        done = subprocess.run(
            [sys.executable, "-B", "supervisor.py", *arguments],
            cwd=self.folder,
            env={**own, "COLUMNS": "200", **variables},
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def of_the_setting(self, *more: str, **variables: str) -> dict[str, object]:
        code, said = self.asked("config", "get", "profile.shoe_size", "--json", *more, **variables)
        assert code == 0, said
        entry: dict[str, object] = json.loads(said)
        return entry


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = House(tmp_path_factory.mktemp("house"))
    house.write("domain/configuration.py", SECTION, SECTION + FIELD)
    house.write("settings.toml", "[profile]\n", LINE)
    code, said = house.asked("migrate")
    assert code == 0, said
    return house


def test_a_new_setting_is_in_the_table(house: House):
    _, said = house.asked("settings", "--markdown")
    row = f"| `profile.shoe_size` | `{VARIABLE}` | `44` | The largest shoe size that a profile may state. | yes |"
    assert row in said.splitlines()


def test_a_new_setting_is_read_from_the_file_and_the_variable_wins(house: House):
    house.write("settings.toml", "shoe_size = 44", "shoe_size = 45")
    try:
        read = house.of_the_setting()
        assert (read["value"], read["source"]) == (45, "profile.shoe_size in settings.toml")
        read = house.of_the_setting(**{VARIABLE: "46"})
        assert (read["value"], read["source"]) == (46, VARIABLE)
    finally:
        house.write("settings.toml", "shoe_size = 45", "shoe_size = 44")


def test_a_new_setting_has_its_bounds_wherever_it_is_written(house: House):
    must_be = "a whole number from 1 to 60"
    assert house.of_the_setting()["must_be"] == must_be
    code, said = house.asked("settings", **{VARIABLE: "61"})
    assert (code, f"{VARIABLE}: '61' is not {must_be}" in said) == (os.EX_CONFIG, True)
    code, said = house.asked("config", "set", "profile.shoe_size", "61")
    assert (code, f"profile.shoe_size: '61' is not {must_be}" in said) == (2, True)


def test_a_new_setting_is_saved_told_of_and_taken_back(house: House):
    code, said = house.asked("config", "set", "profile.shoe_size", "50")
    assert code == 0, said
    saved = house.of_the_setting(**{VARIABLE: "46"})
    assert (saved["value"], saved["source"], saved["without"]) == (50, "saved", 46)
    assert (saved["meaning"], saved["unit"]) == ("The largest shoe size.", "sizes")
    code, said = house.asked("config", "history", "profile.shoe_size", "--json")
    assert [version["value"] for version in json.loads(said)] == [50]
    code, said = house.asked("config", "undo", "profile.shoe_size")
    assert code == 0, said
    assert house.of_the_setting()["source"] == "default"
