"""Totals over all records (domain.ports.figures.Figures). Counting reads whole tables, so it is done once in some seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from domain.model.profile import DAY
from domain.payments.updates import NANO
from domain.ports.figures import Totals
from storage.sql.database import Database

KEPT_SECONDS = 5.0
WEEK = 7 * DAY


class SqlFigures:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time, kept_seconds: float = KEPT_SECONDS) -> None:
        self._database = database
        self._clock = clock
        self._kept_seconds = kept_seconds
        self._counting = asyncio.Lock()
        self._known: Totals | None = None
        self._counted_at = 0.0

    async def totals(self) -> Totals:
        async with self._counting:
            now = self._clock()
            if self._known is None or not 0 <= now - self._counted_at < self._kept_seconds:
                self._known, self._counted_at = await self._count(now), now
            return self._known

    async def _count(self, now: float) -> Totals:
        queries, today = self._database.queries, now - now % DAY
        async with self._database.connection() as connection:
            users, users_today, users_week = await queries.count_users(connection, today=today, week=now - WEEK)
            return Totals(
                users=users,
                users_today=users_today,
                users_week=users_week,
                vips=await queries.count_vips(connection, now=now),
                chats=await queries.count_live_chats(connection),
                stars=int(await queries.sum_charges(connection)) // NANO,
                stars_today=int(await queries.sum_charges_since(connection, since=today)) // NANO,
            )
