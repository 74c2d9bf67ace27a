"""Who blocked whom (domain.ports.records.Restrictions). The pool gets it from here after it has lost its memory."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from domain.model.ids import UserId
from storage.sql.database import Database

PAGE = 1000


class SqlRestrictions:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        """Idempotent both ways."""
        queries = self._database.queries
        async with self._database.connection() as connection:
            if blocked:
                await queries.add_block(connection, user=user, other=other, now=self._clock())
            else:
                await queries.remove_block(connection, user=user, other=other)

    async def list_blocks(self) -> AsyncIterator[tuple[UserId, UserId]]:
        """(who, whom), for all blocks. No connection is held between the pages."""
        user, other = -1, -1
        while True:
            async with self._database.connection() as connection:
                rows = self._database.queries.page_of_blocks(connection, user=user, other=other, count=PAGE)
                page = [row async for row in rows]
            for user, other in page:
                yield UserId(user), UserId(other)
            if len(page) < PAGE:
                return
