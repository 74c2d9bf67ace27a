"""How far each bot's list at Telegram was compared with the ledger, and tickets of /paysupport (domain/ports/payments.py)."""

from __future__ import annotations

from domain.model.ids import Address, BotId
from domain.ports.payments import StarList
from storage.sql.database import Database


class SqlStarLists:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, bot: BotId) -> StarList:
        async with self._database.connection() as connection:
            row = await self._database.queries.read_star_list(connection, bot=bot)
        if row is None:
            return StarList(bot=bot)
        rows, at, balance, difference = row
        return StarList(bot=bot, rows=rows, compared_at=at, balance=balance, difference=difference)

    async def write(self, state: StarList) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.write_star_list(
                connection,
                bot=state.bot,
                rows=state.rows,
                at=state.compared_at,
                balance=state.balance,
                difference=state.difference,
            )

    async def all(self) -> list[StarList]:
        async with self._database.connection() as connection:
            rows = self._database.queries.star_list_all(connection)
            return [
                StarList(bot=BotId(bot), rows=read, compared_at=at, balance=balance, difference=difference)
                async for bot, read, at, balance, difference in rows
            ]


class SqlTickets:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(self, address: Address, text: str, now: float) -> int:
        while True:
            async with self._database.connection() as connection:
                number = await self._database.queries.open_ticket(
                    connection, bot=address.bot, user=address.user, text=text, now=now
                )
            if number is not None:
                return int(number)
