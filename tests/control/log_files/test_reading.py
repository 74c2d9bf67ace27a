"""The log as the panel reads it, from real files."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from control.logging.logs import Pseudonyms
from control.logging.reading import LogFolder
from domain.logs import Level, LogChoice
from domain.model.ids import Address, BotId, UserId

KEY = b"k" * 32


def line(text: str, level: str = "INFO", process: str = "worker-1", time: str = "2026-01-02T03:04:05.678Z", **more: str) -> bytes:
    record = {"time": time, "level": level, "process": process, "logger": "actors", "text": text, **more}
    return orjson.dumps(record) + b"\n"


def write(folder: Path, *lines: bytes) -> None:
    with (folder / "combined.log").open("ab") as file:
        file.writelines(lines)


@pytest.fixture
def logs(tmp_path: Path) -> LogFolder:
    return LogFolder(tmp_path, Pseudonyms(KEY), look_every=0.01)


async def texts(logs: LogFolder, count: int = 10, **choice: object) -> list[str]:
    return [record.text for record in await logs.last(LogChoice(**choice), count)]


async def test_all_parts_of_a_choice_hold_together(tmp_path: Path, logs: LogFolder):
    write(tmp_path, line("One"), line("Two", "ERROR"), line("two", "ERROR", "panel"))
    write(tmp_path, b"no record\n", line("three", error="KeyError at:"))
    assert await texts(logs) == ["One", "Two", "two", "three"]
    assert await texts(logs, level=Level.ERROR, process="panel") == ["two"]
    assert await texts(logs, text="TWO") == ["Two", "two"]
    assert await texts(logs, text="keyerror") == ["three"]
    assert await texts(logs, count=1) == ["three"]


async def test_lines_of_a_rotated_file_are_found_too(tmp_path: Path, logs: LogFolder):
    write(tmp_path, line("old"))
    (tmp_path / "combined.log").rename(tmp_path / "combined.log.1")
    write(tmp_path, line("new"))
    assert await texts(logs) == ["old", "new"]


async def test_the_lines_around_a_time_are_found_over_rotated_files(tmp_path: Path, logs: LogFolder):
    def at(second: int) -> bytes:
        return line(str(second), "ERROR" if second % 10 == 0 else "INFO", time=f"2026-01-02T03:04:{second:02}.000Z")

    for first in (0, 20, 40):
        write(tmp_path, *map(at, range(first, first + 20)))
        for number in (2, 1):
            older = tmp_path / ("combined.log" if number == 1 else f"combined.log.{number - 1}")
            if first < 40 and older.exists():
                older.rename(tmp_path / f"combined.log.{number}")
    moment = datetime(2026, 1, 2, 3, 4, 21, tzinfo=UTC).timestamp()

    async def around(count: int, **choice: Any) -> list[str]:
        return [record.text for record in await logs.around(LogChoice(**choice), moment, count)]

    assert await around(6) == ["19", "20", "21", "22", "23", "24"]
    assert await around(6, level=Level.ERROR) == ["0", "10", "20", "30", "40", "50"]
    assert len(await around(500)) == 60


async def test_following_loses_nothing_over_a_rotation(tmp_path: Path, logs: LogFolder):
    write(tmp_path, line("one"))
    async with aclosing(logs.follow(LogChoice(), 500)) as news, asyncio.timeout(5):
        assert [record.text for record in await anext(news)] == ["one"]
        write(tmp_path, line("two"))
        (tmp_path / "combined.log").rename(tmp_path / "combined.log.1")
        write(tmp_path, line("three"))
        seen: list[str] = []
        while len(seen) < 2:
            seen += [record.text for record in await anext(news)]
    assert seen == ["two", "three"]


async def test_without_any_log_there_are_no_lines(logs: LogFolder):
    assert await texts(logs) == []


def test_a_pseudonym_is_the_one_that_the_log_has(logs: LogFolder):
    assert Pseudonyms(KEY).of(Address(BotId(7), UserId(42))) == f"bot7 {logs.pseudonym(UserId(42))}"
