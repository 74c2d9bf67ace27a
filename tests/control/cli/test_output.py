"""What commands do where their output goes nowhere, or to a terminal of few characters."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from shutil import copy

import pytest

from tests.control.cli.test_command_line import SUPERVISOR, surroundings
from tests.control.cli.test_logs_command import record, write
from tests.control.supervisors import PATIENCE, ROOT, clean, supervisor
from tests.control.terminals import on_terminal

NEWEST = max(path.stem for path in (ROOT / "storage/sql/migrations").glob("*.sql"))
ASCII = {"PYTHONIOENCODING": "ascii"}
ASCII_TERMINAL = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
LATIN = {"PYTHONIOENCODING": "latin-1"}
HERE = [
    ("--help",),
    ("logs", "--help"),
    ("nonsense …",),
    ("settings",),
    ("settings", "--markdown"),
    ("doctor",),
    ("migrate",),
    ("logs",),
    ("config", "list"),
    ("config", "set", "profile.max_age", "77", "--note", "… → ☃"),
    ("config", "get", "profile.max_age"),
    ("config", "set", "profile.max_age", "…"),
]
"""Commands that need no supervisor."""
THERE = [("status",), ("restart", "worker-1"), ("scale", "…"), ("stop",)]


async def run(folder: Path, *arguments: str, output: int = PIPE, **environ: str) -> tuple[int, bytes, bytes]:
    """Exit code, and what was said on stdout and on stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(SUPERVISOR),
        *arguments,
        cwd=folder,
        env=clean({**surroundings(folder), **environ}),
        stdout=output,
        stderr=PIPE,
    )
    async with asyncio.timeout(60):
        said, cried = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said or b"", cried


async def unread(folder: Path, *arguments: str) -> tuple[int, bytes]:
    """Exit code and stderr of a command whose reader has gone before it says anything."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        code, _, cried = await run(folder, *arguments, output=writer)
    finally:
        os.close(writer)
    return code, cried


@pytest.mark.timeout(180)
async def test_a_reader_who_has_seen_enough_changes_no_exit_code(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=works") as running:
        await running.says("STARTED")
        assert await unread(tmp_path, "status") == (0, b"")
        assert await unread(tmp_path, "status", "--json") == (0, b"")
        assert await unread(tmp_path, "stop") == (0, b"")
        assert await running.ends() == 0
    assert (await unread(tmp_path, "status"))[0] == 3
    assert await unread(tmp_path, "settings") == (0, b"")


async def test_status_of_what_is_not_healthy_says_so_to_a_reader_who_has_gone(tmp_path: Path) -> None:
    async with supervisor(tmp_path, "worker-1=refuses") as running:
        await running.says("STARTED")
        assert await unread(tmp_path, "status") == (1, b"")


async def test_output_that_was_not_written_is_no_success(tmp_path: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        code, _, cried = await run(tmp_path, "settings", output=full)
    finally:
        os.close(full)
    assert (code, cried) == (os.EX_IOERR, b"the output could not be written: No space left on device\n")


async def test_streams_that_are_closed_are_no_hindrance(tmp_path: Path) -> None:
    program = 'exec "$@" <&- >&- 2>&-'
    process = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", program, "sh", sys.executable, str(SUPERVISOR), "migrate"),
        cwd=tmp_path,
        env=clean(surroundings(tmp_path)),
    )
    async with asyncio.timeout(60):
        assert await process.wait() == 0
    assert (await run(tmp_path, "migrate"))[1] == b"The schema is up to date.\n"


async def test_following_a_log_ends_with_its_reader_though_nothing_comes(tmp_path: Path) -> None:
    write(tmp_path, record("before"))
    environ = {"MASQUERADE_FOLDER": str(tmp_path), "COLUMNS": "200"}
    reader, writer = os.pipe()
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(SUPERVISOR), "logs", "-f", env=clean(environ), cwd=tmp_path, stdout=writer, stderr=PIPE
    )
    os.close(writer)
    assert b"before" in await asyncio.to_thread(os.read, reader, 1000)
    os.close(reader)
    async with asyncio.timeout(PATIENCE):
        _, cried = await process.communicate()
    assert (process.returncode, cried) == (0, b"")


@pytest.mark.parametrize("environ", [ASCII_TERMINAL, LATIN], ids=["ascii", "latin"])
@pytest.mark.parametrize("arguments", HERE, ids=" ".join)
async def test_no_command_fails_for_a_character_that_the_terminal_does_not_have(
    tmp_path: Path, arguments: tuple[str, ...], environ: dict[str, str]
) -> None:
    copy(ROOT / "settings.toml", tmp_path)
    write(tmp_path, record("… → ☃ bot7"), record("odd", "WARNING", error="… ☃"))
    await speaks_plainly(tmp_path, *arguments, **environ)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("environ", [ASCII, LATIN], ids=["ascii", "latin"])
async def test_no_command_to_a_running_supervisor_fails_for_a_character(tmp_path: Path, environ: dict[str, str]) -> None:
    async with supervisor(tmp_path, "worker-1=works", environ=environ) as running:
        await running.says("STARTED")
        for arguments in THERE:
            await speaks_plainly(tmp_path, *arguments, **environ)
        assert await running.ends() == 0


async def speaks_plainly(folder: Path, *arguments: str, **environ: str) -> None:
    code, said, cried = await run(folder, *arguments, **environ)
    assert code in {0, 1, 2}, (arguments, cried)
    assert b"Traceback" not in cried, (arguments, cried)
    if "nonsense …" not in arguments:  # what the operator wrote is given back as it was written
        (said + cried).decode("latin-1" if environ == LATIN else "ascii")


async def test_a_status_line_is_drawn_with_the_characters_of_the_terminal(tmp_path: Path) -> None:
    code, drawn = await on_terminal(tmp_path, "migrate", **ASCII)
    assert code == 0
    assert f"Applying {NEWEST} ..." in drawn
    assert "?" not in drawn.replace("\x1b[?", "")
    assert drawn.isascii()
