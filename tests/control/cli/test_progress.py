"""What commands say while they wait or work."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from control.cli import console
from control.cli.progress import Phase, Progress, waited_for
from domain.status import ProcessState, ProcessStatus, Status
from storage.sql.migrate import FOLDER, read_migrations
from tests.control.cli.test_command_line import command
from tests.control.supervisors import supervisor
from tests.control.terminals import ERASED, on_terminal


def status(*problems: str, **states: ProcessState) -> Status:
    processes = tuple(ProcessStatus(name=name, state=state) for name, state in states.items())
    return Status(version="1", pid=1, uptime=1.0, processes=processes, problems=problems)


def test_a_start_names_those_that_are_not_ready_and_why() -> None:
    now = status("Redis is away", sandbox=ProcessState.READY, one=ProcessState.STARTING, two=ProcessState.BACKOFF)
    assert waited_for(Phase.START, now) == "Starting one, two (Redis is away)"


def test_a_stop_names_those_that_still_finish_something() -> None:
    now = status("Redis is away", one=ProcessState.DRAINING, sandbox=ProcessState.READY)
    assert waited_for(Phase.STOP, now) == "Stopping one"


def test_where_nothing_is_waited_for_nothing_is_said() -> None:
    assert waited_for(Phase.START, status("old news", one=ProcessState.READY)) == ""


def test_elsewhere_than_on_a_terminal_each_change_is_a_line(capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setattr(console, "out", Console(width=80))
    monkeypatch.setattr(console, "errors", Console(file=StringIO()))
    with Progress() as progress:
        progress.briefly("Getting ready")
        for text in ("Starting sandbox", "Starting sandbox", "Starting worker-1 [x]"):
            progress(text)
    assert capsys.readouterr().out == "Starting sandbox …\nStarting worker-1 [x] …\n"


def test_on_a_terminal_a_status_line_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = StringIO()
    for name in ("out", "errors"):
        monkeypatch.setattr(console, name, Console(file=screen, force_terminal=True, width=80))
    with Progress() as progress:
        progress.briefly("Getting ready")
        progress("Starting worker-1")
        progress("")
        gone = len(screen.getvalue())
        progress("")
    assert "Starting worker-1 …" in screen.getvalue()
    assert screen.getvalue().endswith("\x1b[2K")
    assert len(screen.getvalue()) == gone


def test_beside_output_that_goes_elsewhere_no_status_line_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, file = StringIO(), StringIO()
    monkeypatch.setattr(console, "out", Console(file=file, width=80))
    monkeypatch.setattr(console, "errors", Console(file=screen, force_terminal=True, width=80))
    with Progress() as progress:
        progress.briefly("Looking at Redis")
        progress("Starting worker-1")
    assert (screen.getvalue(), file.getvalue()) == ("", "Starting worker-1 …\n")


async def test_migrate_tells_on_a_terminal_which_migration_runs(tmp_path: Path) -> None:
    code, drawn = await on_terminal(tmp_path, "migrate")
    assert code == 0
    newest = read_migrations(FOLDER)[-1].name
    assert f"Applying {newest} …" in drawn
    assert drawn.rpartition(ERASED)[2].splitlines()[-1] == "The schema is up to date."


async def test_a_start_that_waits_for_a_store_says_so(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=never_ready") as running:
        assert await running.says("WAITS Starting worker-1 (") == (
            "WAITS Starting worker-1 (Redis at 127.0.0.1:1 cannot be reached; start it)"
        )


async def test_stop_says_who_is_still_busy(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=ignores_the_deadline") as running:
        await running.says("STARTED")
        _, text = await command(tmp_path, "stop", "--timeout", "5")
    assert "Stopping worker-1 …" in text
