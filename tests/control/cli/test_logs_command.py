"""`supervisor.py logs`: what it shows of the logs, and that it loses nothing when they turn over."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from control.logging.logfiles import FILES
from control.logging.logtail import LogTail, from_level, log_of
from domain.logs import Level, Topic
from tests.control.cli.test_command_line import SUPERVISOR, command, spawn
from tests.control.supervisors import PATIENCE
from tests.control.terminals import on_terminal

EVERYTHING = from_level(Level.DEBUG)


def record(text: str, level: str = "INFO", **more: str) -> bytes:
    content = {
        "time": "2026-01-02T03:04:05.678Z",
        "level": level,
        "process": "worker-1",
        "logger": "actors.session.actor",
        "text": text,
    }
    return orjson.dumps({**content, **more}) + b"\n"


def write(folder: Path, *records: bytes, log: str = "combined") -> Path:
    path = folder / "logs" / f"{log}.log"
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        file.writelines(records)
    return path


def turn_over(path: Path) -> None:
    """As `RotatingFileHandler` does."""
    for number in (2, 1):
        older = path.with_name(f"{path.name}.{number}")
        if older.exists():
            older.rename(path.with_name(f"{path.name}.{number + 1}"))
    path.rename(path.with_name(f"{path.name}.1"))


async def test_one_line_for_each_record(tmp_path: Path) -> None:
    trouble = record("it broke", "ERROR", error='Traceback …\n  File "x"\nValueError: no such thing')
    write(tmp_path, record("bot7 u1a2b Idle --Searched--> Chatting\nand a second line"), trouble)
    code, text = await command(tmp_path, "logs", TZ="UTC")
    assert code == 0
    assert text.splitlines() == [
        "01-02 03:04:05.678 INFO     worker-1   bot7 u1a2b Idle --Searched--> Chatting",
        "01-02 03:04:05.678 ERROR    worker-1   it broke (ValueError: no such thing)",
    ]


async def test_json_gives_the_records_as_they_were_written(tmp_path: Path) -> None:
    written = [record("[red]one[/]"), record("two")]
    write(tmp_path, *written)
    _, text = await command(tmp_path, "logs", "--json")
    assert text.encode() == b"".join(written)


async def test_level_and_lines_choose_the_last_of_those_that_are_serious_enough(tmp_path: Path) -> None:
    serious = [record(f"trouble {number}", level) for number, level in enumerate(["ERROR", "WARNING", "CRITICAL"])]
    write(tmp_path, serious[0], record("fine"), serious[1], serious[2], record("fine again"))
    _, text = await command(tmp_path, "logs", "--json", "--level", "warning", "-n", "2")
    assert text.encode() == serious[1] + serious[2]


async def test_a_topic_is_a_log_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, record("all"))
    write(tmp_path, record("paid"), log="payments")
    _, text = await command(tmp_path, "logs", "--topic", "payments")
    assert text.endswith("paid\n")
    assert "all" not in text


def test_every_log_can_be_asked_for(tmp_path: Path) -> None:
    assert {log_of(tmp_path, topic).stem for topic in Topic} == set(FILES)


@pytest.mark.parametrize("topic", ["all", "vip"])
async def test_where_nothing_was_logged_yet_that_is_said(tmp_path: Path, topic: str) -> None:
    code, text = await command(tmp_path, "logs", "--topic", topic)
    assert code == 0
    assert text == f"There are no logs in {tmp_path / 'logs'} yet; they begin with: python supervisor.py run\n"


async def test_a_log_without_such_a_record_says_so(tmp_path: Path) -> None:
    path = write(tmp_path, record("fine"))
    code, text = await command(tmp_path, "logs", "--level", "error")
    assert (code, text) == (0, f"{path} has no such record yet.\n")


async def test_an_unknown_topic_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    code, text = await command(tmp_path, "logs", "--topic", "weather")
    assert code == 2
    assert "'payments', 'vip', 'locks', 'admin', 'error'" in text


async def test_on_a_terminal_each_level_has_its_colour(tmp_path: Path) -> None:
    write(tmp_path, record("fine"), record("odd", "WARNING"), record("broken", "ERROR"))
    code, drawn = await on_terminal(tmp_path, "logs")
    assert code == 0
    for level, text in (("32mINFO", " fine"), ("33mWARNING", "\x1b[33modd"), ("31mERROR", "\x1b[31mbroken")):
        assert any(f"\x1b[{level}" in line and text in line for line in drawn.splitlines())


@pytest.mark.parametrize("arguments", [(), ("--json",)])
async def test_elsewhere_there_are_no_colours(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    write(tmp_path, record("odd", "WARNING"))
    assert "\x1b" not in (await command(tmp_path, "logs", *arguments))[1]


async def test_json_has_no_colours_on_a_terminal_either(tmp_path: Path) -> None:
    write(tmp_path, record("odd", "WARNING"))
    _, drawn = await on_terminal(tmp_path, "logs", "--json")
    assert drawn.replace("\r\n", "\n").encode() == record("odd", "WARNING")


async def test_following_goes_on_over_a_turn_until_interrupted(tmp_path: Path) -> None:
    path = write(tmp_path, record("before"))
    async with following(tmp_path) as process:
        shown = texts_of(process)
        assert await anext(shown) == "before"
        write(tmp_path, record("while it is followed"))
        assert await anext(shown) == "while it is followed"
        write(tmp_path, record("just before the turn"))
        turn_over(path)
        write(tmp_path, record("after the turn"))
        assert [await anext(shown), await anext(shown)] == ["just before the turn", "after the turn"]
        process.send_signal(2)
        assert await process.wait() == 0


async def test_following_shows_only_what_is_serious_enough(tmp_path: Path) -> None:
    write(tmp_path, record("before", "WARNING"))
    async with following(tmp_path, "--level", "warning") as process:
        shown = texts_of(process)
        assert await anext(shown) == "before"
        write(tmp_path, record("fine"), record("trouble", "ERROR"))
        assert await anext(shown) == "trouble"


async def test_following_a_topic_shows_only_that_log(tmp_path: Path) -> None:
    write(tmp_path, record("before"), log="payments")
    async with following(tmp_path, "--topic", "payments") as process:
        shown = texts_of(process)
        assert await anext(shown) == "before"
        write(tmp_path, record("something else"))
        write(tmp_path, record("paid"), log="payments")
        assert await anext(shown) == "paid"


async def test_following_as_json_gives_the_records_as_they_come(tmp_path: Path) -> None:
    write(tmp_path, record("[red]before[/]"))
    async with following(tmp_path, "--json") as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == record("[red]before[/]")
        write(tmp_path, record("after", "ERROR", error="Traceback …"))
        assert await process.stdout.readline() == record("after", "ERROR", error="Traceback …")


@asynccontextmanager
async def following(folder: Path, *arguments: str) -> AsyncIterator[Process]:
    environ = {"MASQUERADE_FOLDER": str(folder), "COLUMNS": "200"}
    process = await spawn(folder, SUPERVISOR, "logs", "-f", *arguments, environ=environ)
    try:
        async with asyncio.timeout(PATIENCE):
            yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def texts_of(process: Process) -> AsyncIterator[str]:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        yield line.decode().strip().partition("worker-1")[2].strip()


def test_the_last_lines_reach_back_into_files_that_were_turned_over(tmp_path: Path) -> None:
    for number in range(4):
        path = write(tmp_path, record(f"{number}a"), record(f"{number}b"))
        if number < 3:
            turn_over(path)
    with LogTail(path) as tail:
        assert tail.last(5, EVERYTHING) == [record(text).rstrip() for text in ("1b", "2a", "2b", "3a", "3b")]


def test_a_reader_who_slept_through_two_turns_misses_nothing(tmp_path: Path) -> None:
    path = write(tmp_path, record("read"))
    with LogTail(path) as tail:
        assert tail.last(1, EVERYTHING) == [record("read").rstrip()]
        for text in ("one", "two", "three"):
            write(tmp_path, record(text))
            if text != "three":
                turn_over(path)
        assert list(tail.fresh()) == [record(text).rstrip() for text in ("one", "two", "three")]
        assert list(tail.fresh()) == []


def test_a_line_is_shown_once_it_is_whole(tmp_path: Path) -> None:
    whole = record("in two parts")
    path = write(tmp_path, whole[:10])
    with LogTail(path) as tail:
        assert list(tail.fresh()) == []
        write(tmp_path, whole[10:])
        assert list(tail.fresh()) == [whole.rstrip()]


def test_what_is_no_record_is_shown_at_every_level(tmp_path: Path) -> None:
    path = write(tmp_path, b"Segmentation fault\n", record("fine"))
    with LogTail(path) as tail:
        assert tail.last(9, from_level(Level.CRITICAL)) == [b"Segmentation fault"]


def test_a_log_that_begins_later_is_found(tmp_path: Path) -> None:
    with LogTail(tmp_path / "logs" / "combined.log") as tail:
        assert tail.last(9, EVERYTHING) == []
        write(tmp_path, record("the first"))
        assert list(tail.fresh()) == [record("the first").rstrip()]
