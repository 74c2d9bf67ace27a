"""Who never meets whom: blocks, and separations by reports (domain.ports.records.Restrictions). The pool gets them from here
after it has lost its memory.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable

from domain.model.ids import UserId
from domain.model.separation import Apart, Block, Separation
from storage.sql.database import Database
from storage.sql.personal.tombstones import mark_change, returned

PAGE = 1000


class SqlRestrictions:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def separate(self, separation: Separation) -> None:
        """From somebody who has come back after a deletion too: they are known to the pool by another id by now."""
        queries, now = self._database.queries, self._clock()
        async with self._database.transaction() as connection:
            await queries.separate(connection, user=separation.user, other=separation.other, why=separation.why.value, now=now)
            other = await returned(queries, connection, separation.other, now)
            if other is not None:
                await mark_change(queries, connection, other)

    async def blocks_of(self, user: UserId, *, limit: int) -> list[Block]:
        async with self._database.connection() as connection:
            rows = self._database.queries.blocks_of(connection, user=user, count=limit)
            return [shown(made) async for (made,) in rows]

    async def blocked(self, user: UserId, block: Block) -> UserId | None:
        """Of two blocks of one millisecond, either."""
        about = {"since": (block.number - 1) / 1000, "until": (block.number + 1) / 1000}
        async with self._database.connection() as connection:
            rows = [row async for row in self._database.queries.blocks_between(connection, user=user, **about)]
        return next((UserId(other) for other, made in rows if shown(made) == block), None)

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


def shown(made: float) -> Block:
    """A block as its owner sees it, and by which it is found again. `made`: Unix seconds, as recorded."""
    return Block(number=round(made * 1000))
