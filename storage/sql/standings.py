"""How long people are known, how much they have talked, and whose pictures are shown to the judge (domain.ports.spam.Standings,
domain.ports.judge.Watched).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from domain.configuration import LiveConfiguration
from domain.model.ids import UserId
from domain.model.profile import DAY
from domain.trust.spam.human import KNOWN_IDS
from domain.trust.spam.rules import NEWCOMER_CHATS, Standing
from storage.sql.database import Database

HOUR = 3600.0


class SqlStandings:
    def __init__(self, database: Database, live: LiveConfiguration, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._live = live
        self._clock = clock
        self._ids: Sequence[int] = ()
        self._ids_read_at: float | None = None

    async def of(self, user: UserId) -> Standing | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.standing(connection, user=user, enough=NEWCOMER_CHATS)
        return Standing(since=row[0], chats=min(row[1], NEWCOMER_CHATS)) if row else None

    async def ids_before(self, when: float) -> Sequence[int]:
        """Read once a day."""
        now = self._clock()
        if self._ids_read_at is None or now - self._ids_read_at > DAY:
            async with self._database.connection() as connection:
                rows = self._database.queries.ids_before(connection, before=when, count=KNOWN_IDS)
                self._ids = [number async for (number,) in rows]
            self._ids_read_at = now
        return self._ids

    async def is_watched(self, user: UserId) -> bool:
        rules = self._live.current.trust
        since, chats = self._clock() - rules.newcomer_hours * HOUR, rules.newcomer_chats
        async with self._database.connection() as connection:
            return bool(await self._database.queries.is_watched(connection, user=user, since=since, chats=chats))
