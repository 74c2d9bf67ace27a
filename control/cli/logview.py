"""`supervisor.py logs`: prints the last lines of a log, and new lines as they come."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from control.cli import console
from control.logging.logtail import LogTail, from_level, log_of, record_of
from control.streams import reader_is_gone
from domain.logs import Level, Topic

LOOK_EVERY = 0.2
"""Seconds between two looks at the log."""


def show(folder: Path, *, topic: Topic, level: Level, lines: int, follow: bool, json: bool) -> None:
    """With `follow` it goes on until it is interrupted, or until the reader of the pipe has gone."""
    path, wanted = log_of(folder, topic), from_level(level)
    emit = _as_written if json else _coloured
    with LogTail(path) as tail:
        if not tail.exists:
            console.hint(f"There are no logs in {folder} yet; they begin with: python supervisor.py run")
        last = tail.last(lines, wanted)
        emit(last)
        if not last and lines and tail.exists:
            console.hint(f"{path} has no such record yet.")
        while follow and not reader_is_gone(LOOK_EVERY):
            emit(filter(wanted, tail.fresh()))


def _as_written(lines: Iterable[bytes]) -> None:
    for line in lines:
        sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _coloured(lines: Iterable[bytes]) -> None:
    for line in lines:
        record = record_of(line)
        if record is None:
            console.say(line.decode(errors="replace"))
        else:
            console.log_line(record)
