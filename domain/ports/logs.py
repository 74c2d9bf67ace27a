"""The log files of this machine. People appear in them as pseudonyms."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from domain.logs import LogChoice, LogRecord
from domain.model.ids import UserId


class Logs(Protocol):
    async def last(self, choice: LogChoice, count: int) -> Sequence[LogRecord]:
        """The last ones that are chosen, the oldest first."""
        ...

    async def around(self, choice: LogChoice, at: float, count: int) -> Sequence[LogRecord]:
        """Those that are chosen nearest to a time in Unix seconds, half of them before it; the oldest first."""
        ...

    def follow(self, choice: LogChoice, count: int) -> AsyncGenerator[Sequence[LogRecord], None]:
        """First the last ones, then again and again those that are new, at most `count` at once; often none."""
        ...

    def pseudonym(self, user: UserId) -> str:
        """Under which name that person is in the log now."""
        ...
