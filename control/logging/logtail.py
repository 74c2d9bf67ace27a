"""Reads what `control/logging/logfiles.py` writes: the last lines of a log, and then those that come, also when the file turns
over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

import orjson

from control.cli.logchoice import Level, Topic

Wanted = Callable[[bytes], bool]


def log_of(folder: Path, topic: Topic) -> Path:
    return folder / f"{'combined' if topic is Topic.ALL else topic}.log"


def record_of(line: bytes) -> dict[str, Any] | None:
    """None where it is no record of ours."""
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return record if isinstance(record, dict) and {"time", "level", "text"} <= record.keys() else None


def from_level(level: Level) -> Wanted:
    """Records of that level and above. What is no record is wanted always."""
    levels = list(Level)
    wanted = frozenset(levels[levels.index(level) :])
    return lambda line: (record := record_of(line)) is None or record["level"] in wanted


class LogTail:
    """One log, by its open file: renaming that leaves us where we are. `backups` are PATH.1 (the newest), PATH.2, …"""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._begun = b""
        """A line that is not written to its end yet."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def last(self, count: int, wanted: Wanted) -> list[bytes]:
        """The last lines that are wanted, oldest first; those after them come from `fresh`."""
        found = [line for line in self.fresh() if wanted(line)]
        for older in self._backups():
            if len(found) >= count:
                break
            if not self._is_open(older):
                found = [*filter(wanted, older.read_bytes().splitlines()), *found]
        return found[max(0, len(found) - count) :]

    def fresh(self) -> Iterator[bytes]:
        """Whole lines, without their ends, that came since the last time; from the beginning at first."""
        if self._file is None:
            self._open(self._path)
        yield from self._lines()
        while (successor := self._successor()) is not None:
            yield from self._lines()  # what was written between our reading and the turn
            self._open(successor)
            yield from self._lines()

    def _lines(self) -> Iterator[bytes]:
        if self._file is None:
            return
        *whole, self._begun = (self._begun + self._file.read()).split(b"\n")
        yield from whole

    def _successor(self) -> Path | None:
        """The file after ours: the next younger backup, or the log itself; None where ours is the youngest there is."""
        if self._file is None or not self.exists or self._is_open(self._path):
            return None
        younger = self._path
        for backup in self._backups():
            if self._is_open(backup):
                return younger
            younger = backup
        return younger  # ours is gone already: go on with the oldest that is left

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
