"""Totals over all records (domain.ports.figures.Figures). Counting reads whole tables, so it is done once in some seconds."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable, Mapping

from domain.model.profile import DAY
from domain.payments.updates import NANO
from domain.ports.figures import Totals
from storage.sql.database import Database

KEPT_SECONDS = 5.0
PEOPLE_SECONDS = 60.0
WEEK = 7 * DAY


class SqlFigures:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time, kept_seconds: float = KEPT_SECONDS) -> None:
        self._database = database
        self._clock = clock
        self._kept_seconds = kept_seconds
        self._counting: asyncio.Task[Totals] | None = None
        self._counted_at = -math.inf
        self._people: Mapping[int, int] = {}
        self._people_at = -math.inf

    async def totals(self) -> Totals:
        """A call during another one shares its answer, so a database that hangs holds each up once."""
        age = self._clock() - self._counted_at
        if self._counting is None or (self._counting.done() and not self._is_good(self._counting, age)):
            self._counted_at = self._clock()
            self._counting = asyncio.create_task(self._count(self._counted_at))
        return await asyncio.shield(self._counting)

    def _is_good(self, counted: asyncio.Task[Totals], age: float) -> bool:
        return not counted.cancelled() and counted.exception() is None and 0 <= age < self._kept_seconds

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

    async def people_by_bot(self) -> Mapping[int, int]:
        if not 0 <= self._clock() - self._people_at < PEOPLE_SECONDS:
            async with self._database.connection() as connection:
                self._people = {bot: count async for bot, count in self._database.queries.people_by_bot(connection)}
            self._people_at = self._clock()
        return self._people

    async def met(self) -> bool:
        async with self._database.connection() as connection:
            return bool(await self._database.queries.anybody_met(connection))
