"""Reads a log file: its last lines, then new ones as they come, also when the file is rotated."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson

from domain.logs import Level, LogChoice, Topic

Wanted = Callable[[bytes], bool]


def log_of(folder: Path, topic: Topic) -> Path:
    return folder / f"{'combined' if topic is Topic.ALL else topic}.log"


def record_of(line: bytes) -> dict[str, Any] | None:
    """The record in the line; None if the line is no record."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(record, dict) or not {"time", "level", "text"} <= record.keys():
        return None
    try:
        datetime.fromisoformat(record["time"])
    except (TypeError, ValueError):
        return None
    return record if isinstance(record["level"], str) else None


def from_level(level: Level) -> Wanted:
    """Accepts records of that level and above, and lines that are no records."""
    levels = list(Level)
    wanted = frozenset(levels[levels.index(level) :])
    return lambda line: (record := record_of(line)) is None or record["level"] in wanted


def chosen(choice: LogChoice) -> Wanted:
    """Accepts the records of that choice, and nothing else."""
    at_least, needle = from_level(choice.level), choice.text.casefold()

    def wanted(line: bytes) -> bool:
        record = record_of(line) if at_least(line) else None
        if record is None or (choice.process and record.get("process") != choice.process):
            return False
        return not needle or any(needle in str(record.get(part, "")).casefold() for part in ("text", "error", "logger"))

    return wanted


def _time_of(line: bytes) -> str:
    return str((record_of(line) or {}).get("time", ""))


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


class LogTail:
    """One log. It keeps the file open, so renaming the file does not matter. Rotated files are PATH.1 (the newest), PATH.2, …"""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._begun = b""
        """The beginning of a line whose end is not written yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def last(self, count: int, wanted: Wanted) -> list[bytes]:
        """The last `count` lines that are `wanted`, the oldest first. `fresh` gives the lines after them."""
        found = [line for line in self.fresh() if wanted(line)]
        for older in self._backups():
            if len(found) >= count:
                break
            if not self._is_open(older):
                found = [*filter(wanted, older.read_bytes().splitlines()), *found]
        return found[max(0, len(found) - count) :]

    def around(self, moment: str, count: int, wanted: Wanted) -> list[bytes]:
        """The lines that are `wanted` nearest to a time as records have it: up to half of `count` from before it or at it, the
        rest after it; the oldest first.
        """
        half = count // 2
        before: list[bytes] = []
        after: list[bytes] = []
        for path in (self._path, *self._backups()):
            lines = [(line, _time_of(line)) for line in _content(path).splitlines() if wanted(line)]
            before = [*(line for line, time in lines if time <= moment), *before]
            after = [*(line for line, time in lines if time > moment), *after][: count - half]
            if len(before) >= half:
                break
        return [*before[max(0, len(before) - half) :], *after]

    def fresh(self) -> Iterator[bytes]:
        """Lines that were written since the last call, without line ends. The first call begins at the start of the file."""
        if self._file is None:
            self._open(self._path)
        yield from self._lines()
        while (successor := self._successor()) is not None:
            yield from self._lines()  # lines written between our last read and the rotation
            self._open(successor)
            yield from self._lines()

    def _lines(self) -> Iterator[bytes]:
        if self._file is None:
            return
        *whole, self._begun = (self._begun + self._file.read()).split(b"\n")
        yield from whole

    def _successor(self) -> Path | None:
        """The next newer file: a backup, or the log itself. None if the open file is the newest."""
        if self._file is None or not self.exists or self._is_open(self._path):
            return None
        younger = self._path
        for backup in self._backups():
            if self._is_open(backup):
                return younger
            younger = backup
        return younger  # the open file was deleted: go on with the oldest file

    def _backups(self) -> Iterator[Path]:
        number = 1
        while (backup := self._path.with_name(f"{self._path.name}.{number}")).exists():
            yield backup
            number += 1

    def _is_open(self, path: Path) -> bool:
        if self._file is None:
            return False
        try:
            return os.path.samestat(path.stat(), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            return False

    def _open(self, path: Path) -> None:
        self._close()
        try:
            self._file = path.open("rb")
        except FileNotFoundError:
            self._file = None

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file, self._begun = None, b""
