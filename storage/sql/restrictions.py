"""Who never meets whom: blocks, and separations by reports (domain.ports.records.Restrictions). The pool gets them from here
after it has lost its memory.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from domain.model.ids import UserId
from domain.model.separation import Apart, Block, Separation
from storage.sql.database import Database

PAGE = 1000


class SqlRestrictions:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def separate(self, separation: Separation) -> None:
        queries = self._database.queries
        async with self._database.connection() as connection:
            await queries.separate(
                connection, user=separation.user, other=separation.other, why=separation.why.value, now=self._clock()
            )

    async def blocks_of(self, user: UserId, *, limit: int) -> list[Block]:
        async with self._database.connection() as connection:
            rows = self._database.queries.blocks_of(connection, user=user, count=limit)
            return [Block(number=round(row[0] * 1000)) async for row in rows]

    async def blocked(self, user: UserId, block: Block) -> UserId | None:
        since, until = (block.number - 0.5) / 1000, (block.number + 0.5) / 1000
        async with self._database.connection() as connection:
            row = await self._database.queries.find_block(connection, user=user, since=since, until=until)
        return UserId(row[0]) if row else None

    async def lift_block(self, user: UserId, other: UserId) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.remove_block(connection, user=user, other=other)

    async def list_separations(self) -> AsyncIterator[Separation]:
        """No connection is held between the pages."""
        user, other = -1, -1
        while True:
            async with self._database.connection() as connection:
                rows = self._database.queries.page_of_blocks(connection, user=user, other=other, count=PAGE)
                page = [row async for row in rows]
            for user, other, why in page:
                yield Separation(user=UserId(user), other=UserId(other), why=Apart(why))
            if len(page) < PAGE:
                return
