"""The log as the panel reads it, from real files."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import orjson
import pytest

from control.logging.logs import Pseudonyms
from control.logging.reading import LogFolder
from domain.logs import Level, LogChoice
from domain.model.ids import Address, BotId, UserId

KEY = b"k" * 32


def line(text: str, level: str = "INFO", process: str = "worker-1", **more: str) -> bytes:
    record = {"time": "2026-01-02T03:04:05.678Z", "level": level, "process": process, "logger": "actors", "text": text, **more}
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
