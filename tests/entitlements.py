"""Reads and sets until when somebody is VIP, past the grants of the product."""

from __future__ import annotations

import time
from collections.abc import Callable

from domain.model.ids import UserId
from storage.sql.database import Database


class SqlEntitlements:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def vip_until(self, user: UserId) -> float:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_vip(connection, user=user)
        return row[0] if row else 0.0

    async def set_vip_until(self, user: UserId, until: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.put_vip(connection, user=user, until=until, now=self._clock())
