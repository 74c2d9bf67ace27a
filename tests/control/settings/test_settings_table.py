"""`supervisor.py settings`: what an operator can learn about every setting."""

from __future__ import annotations

from pathlib import Path

from control.settings import table as settings_table
from control.settings.loading import LEAVES, read
from tests.control.supervisors import ROOT


def test_every_setting_has_a_row_with_its_meaning() -> None:
    rows = settings_table.rows(ROOT / "settings.toml")
    assert [row.setting for row in rows] == list(LEAVES)
    assert all(row.meaning for row in rows)


def test_the_markdown_names_variable_default_and_meaning() -> None:
    table = settings_table.markdown(ROOT / "settings.toml")
    assert "| `admin.port` | `ADMIN_PORT` | `3001` | The panel's port. |" in table
    assert "The youngest age that a profile may state. | yes |" in table
    assert "The panel's port. |  |" in table
    assert "| `matching.recent_minutes` | `MASQUERADE_MATCHING__RECENT_MINUTES` | `20.0` |" in table


def test_values_come_with_their_place_and_secrets_do_not_come(tmp_path: Path) -> None:
    environ = {"BOT_TOKENS": "111:" + "s" * 35, "ADMIN_PORT": "4000", "REDIS_URL": "redis://me:hidden@h"}
    rows = {setting: (value, origin) for setting, value, origin in settings_table.effective(read(tmp_path, environ))}
    assert rows["admin.port"] == ("4000", "ADMIN_PORT")
    assert rows["flood.burst"] == ("60", "default")
    assert rows["telegram.tokens"] == ("(set)", "BOT_TOKENS")
    assert "hidden" not in str(rows)
