"""When and at which bot somebody was seen last (domain.ports.records.Presence). Written in the background, some at a time."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Task
from collections.abc import Callable

from domain.errors import Unavailable
from domain.model.ids import Address, BotId, UserId
from storage.sql.database import Database

PAUSE = 1.0
"""Seconds before each write. Then whoever has just begun has a profile, too."""
MOST_KEPT = 100_000
"""People who are remembered while the database does not answer."""

logger = logging.getLogger(__name__)


class SqlPresence:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time, pause: float = PAUSE) -> None:
        self._database = database
        self._clock = clock
        self._pause = pause
        self._seen: dict[UserId, tuple[BotId, float]] = {}
        self._writing: Task[None] | None = None

    def seen(self, address: Address) -> None:
        if len(self._seen) < MOST_KEPT:
            self._seen[address.user] = address.bot, self._clock()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write(), name="presence")

    async def written(self) -> None:
        """Return once all that was noted is in the records, or as soon as they do not answer."""
        if self._writing is not None:
            await asyncio.shield(self._writing)

    async def _write(self) -> None:
        """What could not be written is tried again with what is noted next."""
        while self._seen:
            await asyncio.sleep(self._pause)
            batch, self._seen = self._seen, {}
            rows = [{"user": user, "bot": bot, "now": at} for user, (bot, at) in sorted(batch.items())]
            try:
                async with self._database.connection() as connection:
                    await self._database.queries.note_presence(connection, rows)
            except Unavailable as error:
                logger.warning("who was seen last is noted later: %s", error)
                self._seen = batch | self._seen
                return
