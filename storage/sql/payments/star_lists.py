"""How far each bot's list at Telegram was compared with the ledger (domain.ports.payments.StarLists)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.model.ids import BotId
from domain.ports.payments import StarList
from storage.sql.database import Database


class SqlStarLists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, bot: BotId) -> StarList:
        async with self._database.connection() as connection:
            row = await self._database.queries.read_star_list(connection, bot=bot)
        return StarList(bot=bot) if row is None else _read((bot, *row))

    async def write(self, state: StarList) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.write_star_list(
                connection,
                bot=state.bot,
                rows=state.rows,
                at=state.compared_at,
                balance=state.balance,
                difference=state.difference,
                since=state.differs_since,
            )

    async def all(self) -> list[StarList]:
        async with self._database.connection() as connection:
            return [_read(row) async for row in self._database.queries.star_list_all(connection)]


def _read(row: Sequence[Any]) -> StarList:
    bot, rows, at, balance, difference, since = row
    return StarList(bot=BotId(bot), rows=rows, compared_at=at, balance=balance, difference=difference, differs_since=since)
