"""Bans in the database (domain.ports.records.Bans). They have a table of their own, apart from profiles."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from domain.model.ban import Ban
from domain.model.ids import UserId
from storage.sql.database import Database
from storage.sql.personal.tombstones import BAN, Hashes
from storage.sql.retention import purge_in_batches

PAGE = 1000


class SqlBans:
    def __init__(self, database: Database, *, hashes: Hashes | None = None, clock: Callable[[], float] = time.time) -> None:
        """`hashes`: those by which bans of people are found who had their data deleted; needed to lift them."""
        self._database = database
        self._hashes = hashes
        self._clock = clock

    async def until(self, user: UserId) -> float:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_ban(connection, user=user)
        return row[0] if row else 0.0

    async def ban(self, user: UserId, until: float, reason: str, by: str) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.put_ban(
                connection, user=user, until=until, reason=reason, banned_by=by, note="", now=self._clock()
            )

    async def lift(self, user: UserId) -> None:
        queries = self._database.queries
        async with self._database.transaction() as connection:
            await queries.lift_ban(connection, user=user)
            if self._hashes is not None:
                await queries.drop_tombstone(connection, person=self._hashes.text(user), kind=BAN)

    async def list(self) -> AsyncIterator[Sequence[Ban]]:
        """In batches. No connection is held between them."""
        user = -1
        while True:
            async with self._database.connection() as connection:
                rows = self._database.queries.page_of_bans(connection, user=user, now=self._clock(), count=PAGE)
                page = [to_ban(row) async for row in rows]
            if page:
                user = page[-1].user
                yield page
            if len(page) < PAGE:
                return

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_bans", when)


def to_ban(row: Sequence[Any]) -> Ban:
    user, until, reason, by, note, since, by_person = row
    return Ban(user=UserId(user), until=until, reason=reason, by=by, note=note, since=since, by_person=bool(by_person))
