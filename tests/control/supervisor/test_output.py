"""Whatever happens to the terminal, the pipe or the disk behind stdout and stderr: all goes on, and the logs are whole."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import pytest

from control.streams import Detached
from domain.status import ProcessState
from tests.control.cli.test_command_line import SUPERVISOR, command, surroundings
from tests.control.supervisor.test_supervisor import QUICK
from tests.control.supervisors import TINY_SUPERVISOR, Running, clean, eventually, heeding_ctrl_c, supervisor
from tests.control.tiny_child import BROKEN

STOP_KEY, GO_KEY = b"\x13", b"\x11"
"""Ctrl-S and Ctrl-Q."""
START_SECONDS = 60.0
"""For the whole house on a busy machine."""
Trouble = Callable[[], None]
"""Brings it about, once everything has started."""


def nothing() -> None:
    pass


@contextmanager
def full_disk() -> Iterator[tuple[int, Trouble]]:
    with Path("/dev/full").open("wb", buffering=0) as full:
        yield full.fileno(), nothing


@contextmanager
def reader_that_goes() -> Iterator[tuple[int, Trouble]]:
    reader, writer = os.pipe()
    try:
        yield writer, lambda: os.close(reader)
    finally:
        os.close(writer)


@contextmanager
def reader_that_stands_still() -> Iterator[tuple[int, Trouble]]:
    reader, writer = os.pipe()
    fill(writer)
    try:
        yield writer, nothing
    finally:
        os.close(reader)
        os.close(writer)


@contextmanager
def terminal_that_is_closed() -> Iterator[tuple[int, Trouble]]:
    screen, line = pty.openpty()
    try:
        yield line, lambda: os.close(screen)
    finally:
        os.close(line)


@contextmanager
def terminal_that_is_stopped() -> Iterator[tuple[int, Trouble]]:
    screen, line = pty.openpty()
    try:
        yield line, lambda: os.write(screen, STOP_KEY) and None
    finally:
        os.close(screen)
        os.close(line)


TROUBLES = [full_disk, reader_that_goes, reader_that_stands_still, terminal_that_is_closed, terminal_that_is_stopped]


def fill(pipe: int) -> None:
    os.set_blocking(pipe, False)
    with suppress(BlockingIOError):
        while True:
            os.write(pipe, b"." * 65536)
    with suppress(BlockingIOError):
        while True:
            os.write(pipe, b".")
    os.set_blocking(pipe, True)


@asynccontextmanager
async def started(folder: Path, *program: str, output: int, environ: dict[str, str]) -> AsyncIterator[Running]:
    with heeding_ctrl_c():
        process = await asyncio.create_subprocess_exec(
            *program, cwd=folder, env=clean(environ), stdin=DEVNULL, stdout=output, stderr=output
        )
    running = Running(folder, process)
    try:
        await running.becomes("worker-1", ProcessState.READY, within=START_SECONDS)
        yield running
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def tiny(*children: str) -> tuple[str, ...]:
    return (sys.executable, str(TINY_SUPERVISOR), *children)


async def comes_back(running: Running, name: str) -> None:
    """The process is killed, and started again."""
    before = await running.one(name)
    os.kill(before.pid, signal.SIGKILL)

    async def returned() -> bool:
        now = await running.one(name)
        return now.pid != before.pid and now.state is ProcessState.READY

    await eventually(returned)


async def goes_on(running: Running, crashes: int = 1) -> None:
    """A crash is mended and logged, the commands get their answers, and the end is in good order."""
    for number in range(1, crashes + 1):
        await comes_back(running, "worker-1")
        await eventually(lambda number=number: running.log("error").count("worker-1 ended (killed by SIGKILL)") == number)
    assert (await command(running.folder, "status"))[0] == 0
    running.process.send_signal(signal.SIGTERM)
    assert await running.ends() == 0
    assert running.log().count("worker-1 starting --ready--> ready") == crashes + 1


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_whatever_the_output_does_a_crashed_worker_comes_back_and_all_answers(tmp_path: Path, trouble) -> None:
    with trouble() as (output, begin):
        async with started(tmp_path, *tiny("worker-1=works"), output=output, environ=QUICK) as running:
            begin()
            await goes_on(running, crashes=3)


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_more_warnings_than_the_terminal_takes_are_all_in_the_logs(tmp_path: Path, trouble) -> None:
    with trouble() as (output, begin):
        async with started(tmp_path, *tiny("worker-1=works", "panel=cries"), output=output, environ=QUICK) as running:
            begin()
            (tmp_path / "cry").touch()
            await eventually(lambda: "cry 3999 " in running.log())
            await goes_on(running)
    assert running.log("error").count('"cry ') == 4_000


async def test_streams_that_are_closed_from_the_start_are_no_hindrance(tmp_path: Path) -> None:
    program = ("/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *tiny("worker-1=works"))
    async with started(tmp_path, *program, output=DEVNULL, environ=QUICK) as running:
        await goes_on(running)


async def test_a_log_disk_that_is_full_keeps_no_worker_from_coming_back(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "combined.log").symlink_to("/dev/full")
    async with started(tmp_path, *tiny("worker-1=works"), output=DEVNULL, environ=QUICK) as running:
        await comes_back(running, "worker-1")
        assert "combined.log cannot be written (No space left on device): make room" in str((await running.status()).problems)
        assert "worker-1 ended (killed by SIGKILL)" in running.log("error")


async def test_handlers_and_terminals_that_raise_at_every_call_change_nothing_but_the_log(tmp_path: Path) -> None:
    async with started(tmp_path, *tiny("worker-1=works"), output=DEVNULL, environ={**QUICK, BROKEN: "1"}) as running:
        await goes_on(running)
    assert running.log().count("warnings are not shown: RuntimeError") == 1
    assert "the operator could not be told" in running.log()
    assert running.log().count("Menu --Find--> Searching") == 2


async def test_a_start_that_cannot_be_shown_is_a_start(tmp_path: Path) -> None:
    with terminal_that_is_stopped() as (output, begin):
        begin()
        async with started(tmp_path, *tiny("worker-1=works"), output=output, environ=QUICK) as running:
            await goes_on(running)


async def test_the_whole_house_on_a_terminal_that_is_stopped_and_goes_on_and_is_closed(tmp_path: Path) -> None:
    screen, line = pty.openpty()
    program = (sys.executable, str(SUPERVISOR), "run", "--sandbox")
    try:
        os.write(screen, STOP_KEY)
        async with started(tmp_path, *program, output=line, environ={**surroundings(tmp_path), "TERM": "xterm"}) as running:
            os.close(line)
            await comes_back(running, "worker-1")
            assert (await command(tmp_path, "status", "--json"))[0] in {0, 1}
            os.write(screen, GO_KEY)
            await asyncio.to_thread(read_until, screen, b"worker-1 ended (killed by SIGKILL)")
            os.close(screen)
            await comes_back(running, "worker-1")
            await eventually(lambda: running.log().count("worker-1 ended (killed by SIGKILL)") == 2)
            running.process.send_signal(signal.SIGTERM)
            assert await running.ends() == 0
    finally:
        for descriptor in (screen, line):
            with suppress(OSError):
                os.close(descriptor)


def read_until(descriptor: int, wanted: bytes) -> bytes:
    seen = b""
    while wanted not in seen:
        more = os.read(descriptor, 65536)
        assert more, seen
        seen += more
    return seen


async def test_a_reader_who_comes_back_is_told_how_many_lines_were_lost() -> None:
    reader, writer = os.pipe()
    fill(writer)
    output = Detached(lambda lines, why: b"%d lost: %s\n" % (lines, why.encode()), 10_000)
    try:
        for number in range(1000):
            output.write(writer, b"line %d of these\n" % number)
        seen = await asyncio.to_thread(read_until, reader, b"lost: it stood still\n")
        shown = [line for line in seen.lstrip(b".").splitlines() if line.startswith(b"line")]
        assert 0 < len(shown) < 1000
        assert f"{1000 - len(shown)} lost".encode() in seen
        output.write(writer, b"and on\n")
        await asyncio.to_thread(read_until, reader, b"and on\n")
    finally:
        output.close()
        os.close(reader)
        os.close(writer)


async def test_a_disk_that_has_room_again_is_told_how_many_lines_were_lost_and_why(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_bytes(b"")
    output = Detached(lambda lines, why: b"%d lost: %s\n" % (lines, why.encode()), 10_000)
    full, disk = os.open("/dev/full", os.O_WRONLY), os.open(path, os.O_WRONLY)
    target = os.dup(full)
    try:
        output.write(target, b"one\ntwo\n")
        await eventually(lambda: output._works is None and output._why)
        os.dup2(disk, target)
        output.write(target, b"three\n")
        await eventually(lambda: path.read_text() == "three\n2 lost: No space left on device\n")
    finally:
        output.close()
        for descriptor in (full, disk, target):
            os.close(descriptor)


async def test_a_hangup_stops_it_unless_it_was_started_to_outlive_its_terminal(tmp_path: Path) -> None:
    (tmp_path / "another").mkdir()
    async with supervisor(tmp_path / "another", "worker-1=works") as running:
        await running.says("STARTED")
        running.process.send_signal(signal.SIGHUP)
        assert await running.ends() == 0
    async with started(tmp_path, "nohup", *tiny("worker-1=works"), output=DEVNULL, environ=QUICK) as running:
        running.process.send_signal(signal.SIGHUP)
        await goes_on(running)
