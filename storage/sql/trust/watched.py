"""Whose pictures are shown to the judge (domain.ports.judge.Watched)."""

from __future__ import annotations

import time
from collections.abc import Callable

from domain.configuration import LiveConfiguration
from domain.model.ids import UserId
from storage.sql.database import Database

HOUR = 3600.0


class SqlWatched:
    def __init__(self, database: Database, live: LiveConfiguration, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._live = live
        self._clock = clock

    async def is_watched(self, user: UserId) -> bool:
        rules = self._live.current.trust
        since, chats = self._clock() - rules.newcomer_hours * HOUR, rules.newcomer_chats
        async with self._database.connection() as connection:
            return bool(await self._database.queries.is_watched(connection, user=user, since=since, chats=chats))
