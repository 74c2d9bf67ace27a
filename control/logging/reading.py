"""The log files for the panel (`domain.ports.logs.Logs`)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from control.logging.logs import Pseudonyms
from control.logging.logtail import LogTail, chosen, log_of, record_of
from domain.logs import LogChoice, LogRecord
from domain.model.ids import UserId

LOOK_EVERY = 0.5
"""Seconds between two looks at a log."""


class LogFolder:
    def __init__(self, folder: Path, pseudonyms: Pseudonyms, *, look_every: float = LOOK_EVERY) -> None:
        self._folder = folder
        self._pseudonyms = pseudonyms
        self._look_every = look_every

    async def last(self, choice: LogChoice, count: int) -> list[LogRecord]:
        with LogTail(log_of(self._folder, choice.topic)) as tail:
            return records(await asyncio.to_thread(tail.last, count, chosen(choice)))

    async def around(self, choice: LogChoice, at: float, count: int) -> list[LogRecord]:
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with LogTail(log_of(self._folder, choice.topic)) as tail:
            return records(await asyncio.to_thread(tail.around, moment, count, chosen(choice)))

    async def follow(self, choice: LogChoice, count: int) -> AsyncGenerator[list[LogRecord], None]:
        wanted = chosen(choice)
        with LogTail(log_of(self._folder, choice.topic)) as tail:
            yield records(await asyncio.to_thread(tail.last, count, wanted))
            while True:
                await asyncio.sleep(self._look_every)
                yield records(filter(wanted, await asyncio.to_thread(lambda: list(tail.fresh()))))[-count:]

    def pseudonym(self, user: UserId) -> str:
        return self._pseudonyms.of_user(user)


def records(lines: Iterable[bytes]) -> list[LogRecord]:
    """Lines that are no records are left out."""
    return [record for line in lines if (record := _read(line)) is not None]


def _read(line: bytes) -> LogRecord | None:
    try:
        return msgspec.convert(record_of(line), LogRecord)
    except msgspec.ValidationError:
        return None
