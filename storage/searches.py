"""Who searches now, noted so that they can be told when the pool has forgotten them (domain.ports.Searches)."""

from __future__ import annotations

import time
from collections.abc import Callable

from domain.values import Address, BotId, UserId
from storage.database import Database


class SqlSearches:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def begun(self, address: Address) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.begin_search(connection, user=address.user, bot=address.bot, now=self._clock())

    async def over(self, user: UserId) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.end_search(connection, user=user)

    async def all(self) -> list[tuple[Address, float]]:
        async with self._database.connection() as connection:
            rows = self._database.queries.all_searches(connection)
            return [(Address(BotId(bot), UserId(user)), began) async for bot, user, began in rows]
