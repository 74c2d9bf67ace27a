"""`supervisor.py restart`, on a running supervisor with tiny processes."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from domain.status import ProcessState
from tests.control.cli.test_command_line import command
from tests.control.operations import names, operation, operator, tiny
from tests.control.supervisors import Running, supervisor


async def pids(running: Running) -> dict[str, int]:
    return {process.name: process.pid for process in (await running.status()).processes}


def moments(log: str, *texts: str) -> list[int]:
    """Where each text stands in the log, the first time."""
    return [log.index(text) for text in texts]


async def test_workers_go_one_after_the_other_and_the_panel_last(tmp_path: Path) -> None:
    async with tiny(tmp_path, "sandbox=works", "worker-1=works", "worker-2=works", "panel=works") as running:
        await running.says("STARTED")
        before = await pids(running)
        code, lines = await operator(running, "restart")
        after = await pids(running)
        log = running.log()
    assert code == 0
    assert {name for name in before if before[name] != after[name]} == {"worker-1", "worker-2", "panel"}
    ready = [line.partition(" after ")[0] for line in lines if " is ready " in line]
    assert ready == ["worker-1 is ready", "worker-2 is ready", "panel is ready"]
    told = moments(
        log,
        "restart: worker-1 is ready",
        "worker-2 ready --asked to restart--> draining",
        "restart: worker-2 is ready",
        "panel ready --asked to restart--> draining",
    )
    assert told == sorted(told)
    assert log.count('"drained"') == 3


async def test_beside_an_only_worker_its_successor_is_ready_first(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        await operation(running, "restart")
        assert await names(running) == ["worker-2"]
        lines = await operation(running, "restart")
        assert await names(running) == ["worker-1"]
        told = moments(running.log(), "restart: worker-2 is ready", "worker-1 ready --stop--> draining")
    assert told == sorted(told)
    assert lines[-1] == "worker-1 has taken the place of worker-2"


async def test_an_only_worker_whose_successor_fails_goes_on(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "panel=works", NEXT_WORKER="refuses") as running:
        await running.says("STARTED")
        before = await pids(running)
        lines = await operation(running, "restart")
        assert await pids(running) == before
        assert (await running.status()).healthy
    assert "(BOT_TOKENS is wrong; mend it); it is gone again and worker-1 goes on" in lines[-1]


async def test_where_no_second_worker_fits_the_only_one_stops_and_starts(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        before = await pids(running)
        lines = await operation(running, "restart")
        after = await pids(running)
    assert lines[0].startswith("no second worker fits beside worker-1 (")
    assert (list(after), after == before) == (["worker-1"], False)


async def test_the_roll_ends_at_a_process_that_does_not_become_ready(tmp_path: Path) -> None:
    behaviour = tmp_path / "behaviour"
    behaviour.write_text("works")
    async with tiny(tmp_path, "worker-1=as_the_file_says", "worker-2=as_the_file_says", "panel=works") as running:
        await running.says("STARTED")
        before = await pids(running)
        behaviour.write_text("refuses")
        code, lines = await operator(running, "restart")
        after = await pids(running)
        assert (after["worker-2"], after["panel"]) == (before["worker-2"], before["panel"])
        behaviour.write_text("works")
        await operation(running, "restart")
        assert (await running.status()).healthy
    assert code == 1
    assert "worker-1 is down for good" in lines[-1]
    assert lines[-1].endswith("(BOT_TOKENS is wrong; mend it); nothing was done to worker-2, panel; mend that, then restart")


async def test_one_process_by_name(tmp_path: Path) -> None:
    async with tiny(tmp_path, "sandbox=works", "worker-1=works", "worker-2=works", "panel=works") as running:
        await running.says("STARTED")
        before = await pids(running)
        lines = await operation(running, "restart", name="sandbox")
        after = await pids(running)
        assert lines[0] == "sandbox finishes what is under way"
        assert {name for name in before if before[name] != after[name]} == {"sandbox"}
        assert await operator(running, "restart", "bots") == (
            1,
            ["there is no process bots; there are sandbox, worker-1, worker-2, panel"],
        )


async def test_a_crash_loop_is_ended_by_a_restart_once_it_is_mended(tmp_path: Path) -> None:
    behaviour = tmp_path / "behaviour"
    behaviour.write_text("refuses")
    async with tiny(tmp_path, "worker-1=works", "panel=as_the_file_says") as running:
        await running.becomes("panel", ProcessState.FATAL)
        behaviour.write_text("works")
        await running.says("STARTED")
        lines = await operation(running, "restart", name="panel")
        assert (await running.status()).healthy
    assert lines[:2] == ["panel is fatal", "panel starts"]


async def test_settings_are_read_anew_and_looked_at_first(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works") as running:
        await running.says("STARTED")
        before = await pids(running)
        (tmp_path / "settings.toml").write_text('[cluster]\npool = "other"\n')
        refusal = "cluster.pool in settings.toml changed since the start, and all processes must agree on it: stop, then run"
        assert await operation(running, "restart") == [f"refused: {refusal}"]
        assert await pids(running) == before
        (tmp_path / "settings.toml").write_text("[supervisor]\nheartbeat_seconds = 30\n[cluster]\nworkers = 3\n")
        lines = await operation(running, "restart", name="worker-1")
    assert lines[:2] == [
        "supervisor.heartbeat_seconds changed: it takes effect at the next run",
        "cluster.workers changed: python supervisor.py scale 3 does it now",
    ]


async def test_one_that_does_not_end_in_time_is_killed_and_that_is_said(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "panel=never_stops") as running:
        await running.says("STARTED")
        lines = await operation(running, "restart", name="panel")
    assert lines[1:3] == ["panel did not finish within 1 s (supervisor.drain_seconds) and was killed", "panel starts"]
    assert lines[3].startswith("panel is ready after")


async def test_a_stop_breaks_a_roll_off_and_leaves_nobody_behind(tmp_path: Path) -> None:
    environ = {"MASQUERADE_SUPERVISOR__DRAIN_SECONDS": "3"}
    async with tiny(tmp_path, "worker-1=ignores_the_deadline", "worker-2=works", **environ) as running:
        await running.says("STARTED")
        roll = asyncio.create_task(operation(running, "restart"))
        await running.becomes("worker-1", ProcessState.DRAINING)
        await running.client.stop()
        lines = await roll
        assert await running.ends() == 0
    assert lines[-1] == "refused: Masquerade is being stopped; restart was broken off"


@pytest.mark.parametrize("words", ["restart", "scale 2"])
async def test_where_nothing_runs_the_exit_code_is_three(tmp_path: Path, words: str) -> None:
    code, text = await command(tmp_path, *words.split())
    assert (code, text) == (3, f"no supervisor runs in {tmp_path / 'var'}; start it with: python supervisor.py run\n")
