"""`supervisor.py scale`, on a running supervisor with tiny workers."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from pathlib import Path

import pytest

from domain.status import ProcessState
from tests.control.cli.test_command_line import SUPERVISOR
from tests.control.operations import SHARED, names, operation, operator, tiny
from tests.control.supervisors import Running, alive, eventually, spawn, supervisor

PATIENT = {"MASQUERADE_SUPERVISOR__BACKOFF_FIRST": "60", "MASQUERADE_SUPERVISOR__BACKOFF_MAX": "60"}
"""A crashed worker comes back after the test."""


async def test_new_workers_are_waited_for_and_stand_before_the_panel(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "panel=works") as running:
        await running.says("STARTED")
        code, lines = await operator(running, "scale", "3")
        assert await names(running) == ["worker-1", "worker-2", "worker-3", "panel"]
        assert (await running.status()).healthy
    assert code == 0
    assert lines[:2] == ["worker-2 starts", "worker-3 starts"]
    assert sum("is ready after" in line for line in lines) == 2
    assert lines[-1] == "3 workers now, until the supervisor stops; cluster.workers (WORKERS) in the settings is for good"


async def test_the_highest_numbered_finish_their_work_and_go(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works", "worker-3=works") as running:
        await running.says("STARTED")
        pids = [process.pid for process in (await running.status()).processes]
        lines = await operation(running, "scale", workers=1)
        assert await names(running) == ["worker-1"]
        assert [alive(pid) for pid in pids] == [True, False, False]
        assert running.log().count('"drained"') == 2
    assert lines[0] == "worker-3 finishes what is under way and hands its bots over"
    assert any(line.startswith("worker-3 is gone after") for line in lines)
    assert lines[-1].startswith("1 worker now")


async def test_freed_numbers_are_given_again(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-2=works") as running:
        await running.says("STARTED")
        await operation(running, "scale", workers=2)
        assert await names(running) == ["worker-1", "worker-2"]
        assert await operation(running, "scale", workers=2) == ["2 workers already"]


async def test_a_worker_that_does_not_go_in_time_is_killed_and_that_is_said(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=never_stops") as running:
        await running.says("STARTED")
        lines = await operation(running, "scale", workers=1)
    assert "worker-2 did not finish within 1 s (supervisor.drain_seconds) and was killed" in lines


async def test_a_new_worker_that_does_not_become_ready_is_named_with_the_reason(tmp_path: Path) -> None:
    environ = {"NEXT_WORKER": "never_ready", "MASQUERADE_SUPERVISOR__START_SECONDS": "1"}
    async with tiny(tmp_path, "worker-1=works", **environ) as running:
        await running.becomes("worker-1", ProcessState.READY)
        code, lines = await operator(running, "scale", "2")
        assert (await running.one("worker-1")).state is ProcessState.READY
        await operation(running, "scale", workers=1)
        assert await names(running) == ["worker-1"]
    assert code == 1
    assert lines[-1].startswith("worker-2 is not ready after 4.")
    assert lines[-1].endswith(
        " s (Redis at 127.0.0.1:1 cannot be reached; start it); it goes on trying: mend that, or scale down to give it up"
    )


@pytest.mark.parametrize(
    ("behaviour", "told", "mend", "given_up"),
    [
        (
            "refuses",
            r"worker-2 is down for good after \d\.\d s \(BOT_TOKENS is wrong; mend it\)",
            "mend that, then: python supervisor.py restart worker-2",
            "worker-2 is down for good and is given up",
        ),
        (
            "breaks",
            r"worker-2 has crashed after \d\.\d s \(the process failed: RuntimeError\)",
            "it goes on trying: mend that",
            "worker-2 has crashed and is given up",
        ),
    ],
)
async def test_a_new_worker_that_fails_is_told_of_by_what_becomes_of_it(
    tmp_path: Path, behaviour: str, told: str, mend: str, given_up: str
) -> None:
    async with tiny(tmp_path, "worker-1=works", NEXT_WORKER=behaviour, **PATIENT) as running:
        await running.says("STARTED")
        [_, refusal] = await operation(running, "scale", workers=2)
        assert re.fullmatch(f"refused: {told}; {mend}, or scale down to give it up", refusal)
        assert (await operation(running, "scale", workers=1))[:2] == [given_up, "worker-2 is gone"]


async def test_a_worker_that_was_killed_before_is_not_said_to_have_missed_its_time(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=works", **PATIENT) as running:
        await running.says("STARTED")
        os.kill((await running.one("worker-2")).pid, signal.SIGKILL)
        await running.becomes("worker-2", ProcessState.BACKOFF)
        assert (await operation(running, "scale", workers=1))[:2] == ["worker-2 has crashed and is given up", "worker-2 is gone"]


async def test_what_cannot_be_is_refused_with_one_line(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "panel=works") as running:
        await running.says("STARTED")
        too_few = "0 workers cannot be: at least 1, at most 256; to end everything, stop"
        assert await operator(running, "scale", "0") == (1, [too_few])
        assert "257 workers cannot be" in (await operation(running, "scale", workers=257))[0]
        for words, refusal in SLIPS.items():
            assert await operator(running, "scale", *words.split()) == (1, [refusal])
        assert await names(running) == ["worker-1", "panel"]


SLIPS = {
    "worker many": "many is not a number; write for example: python supervisor.py scale 2",
    "panel 17": "17 panels cannot be: at least 1, at most 16; to end everything, stop",
    "bots 2": "there is nothing called bots to scale; write for example: python supervisor.py scale worker 2",
}


async def test_workers_that_cannot_share_the_queue_are_refused(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        (line,) = await operation(running, "scale", workers=2)
        assert await names(running) == ["worker-1"]
    assert "2 workers cannot share memory://; set stores.redis_url (REDIS_URL) to a Redis server" in line


async def test_one_command_at_a_time_and_the_second_is_told_of_the_first(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", NEXT_WORKER="never_ready") as running:
        await running.says("STARTED")
        first = asyncio.create_task(operation(running, "scale", workers=2))
        await running.becomes("worker-2", ProcessState.STARTING)
        assert await operation(running, "restart") == [
            "refused: one thing at a time: under way is scale to 2 workers: worker-2 starts; try again when that is over"
        ]
        _, page = await operator(running, "status")
        assert "… scale to 2 workers: worker-2 starts" in page
        await running.client.stop()
        assert (await first)[-1] == "refused: Masquerade is being stopped; scale to 2 workers was broken off"


async def test_a_command_goes_on_without_the_terminal_that_asked_for_it(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=works", "worker-2=ignores_the_deadline") as running:
        await running.says("STARTED")
        assert await interrupted(running, once_it_said="worker-2 finishes") == (
            130,
            "It goes on without this terminal; to see how far it is: python supervisor.py status\n",
        )
        await eventually(lambda: "scale to 1 worker: 1 worker now" in running.log())
        assert await names(running) == ["worker-1"]


async def interrupted(running: Running, *, once_it_said: str) -> tuple[int, str]:
    environ = {**SHARED, "MASQUERADE_FOLDER": str(running.folder), "COLUMNS": "200"}
    client = await spawn(running.folder, SUPERVISOR, "scale", "1", environ=environ)
    assert client.stdout is not None
    assert (await client.stdout.readline()).decode().startswith(once_it_said)
    client.send_signal(signal.SIGINT)
    _, cried = await client.communicate()
    assert client.returncode is not None
    return client.returncode, cried.decode()


async def test_nobody_is_added_while_it_still_starts(tmp_path: Path) -> None:
    async with tiny(tmp_path, "worker-1=never_ready") as running:
        await running.becomes("worker-1", ProcessState.STARTING)
        assert await operation(running, "scale", workers=2) == [
            "refused: Masquerade is still starting; status says what it waits for"
        ]
