"""What an operator reads in the terminal."""

from __future__ import annotations

import pytest

from control.cli import console
from domain.status import BotStatus, Status


def test_a_status_counts_in_whole_numbers_and_tells_a_wait_as_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    console.status_page(Status(version="1.0.0", pid=1, uptime=1.0, figures={"relayed": 12_345_678.0, "oldest_wait": 143.925}))
    assert "oldest wait 2 min 23 s · relayed 12345678" in capsys.readouterr().out


def test_a_status_says_how_many_updates_of_each_bot_nobody_takes(capsys: pytest.CaptureFixture[str]) -> None:
    bot = BotStatus(id=1, username="first_bot", state="serving", unhandled={"service:pin_message": 40, "unreadable": 2})
    console.status_page(Status(version="1.0.0", pid=1, uptime=1.0, bots=(bot,)))
    row = next(line for line in capsys.readouterr().out.splitlines() if "@first_bot" in line)
    assert row.split()[-1] == "42"
