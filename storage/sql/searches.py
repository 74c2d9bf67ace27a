"""Notes of who searches now (domain.ports.records.Searches), so that they can be told when the pool has lost its memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from domain.model.ids import Address, BotId, UserId
from storage.batches import Batches
from storage.sql.database import Database


class SqlSearches:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._begun: Batches[Address, None] = Batches(self._write_begun)
        self._over: Batches[UserId, None] = Batches(self._write_over)

    async def begun(self, address: Address) -> None:
        await self._begun.ask(address)

    async def over(self, user: UserId) -> None:
        await self._over.ask(user)

    async def _write_begun(self, addresses: Sequence[Address]) -> list[None]:
        rows = [{"user": address.user, "bot": address.bot, "now": self._clock()} for address in addresses]
        async with self._database.connection() as connection:
            await self._database.queries.begin_searches(connection, sorted(rows, key=lambda row: row["user"]))
        return [None] * len(addresses)

    async def _write_over(self, users: Sequence[UserId]) -> list[None]:
        async with self._database.connection() as connection:
            await self._database.queries.end_searches(connection, [{"user": user} for user in sorted(users)])
        return [None] * len(users)

    async def all(self) -> list[tuple[Address, float]]:
        async with self._database.connection() as connection:
            rows = self._database.queries.all_searches(connection)
            return [(Address(BotId(bot), UserId(user)), began) async for bot, user, began in rows]
