"""What an operator reads in the terminal."""

from __future__ import annotations

import pytest

from control.cli import console
from domain.status import Status


def test_a_status_counts_in_whole_numbers_and_tells_a_wait_as_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    console.status_page(Status(version="1.0.0", pid=1, uptime=1.0, figures={"relayed": 12_345_678.0, "oldest_wait": 143.925}))
    assert "oldest wait 2 min 23 s · relayed 12345678" in capsys.readouterr().out
