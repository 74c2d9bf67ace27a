"""Questions about payments, as /paysupport takes them (domain.ports.payments.Tickets)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.model.ids import Address, BotId, UserId
from domain.ports.payments import Ticket
from storage.sql.database import Database
from storage.sql.retention import purge_in_batches


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

    async def find(self, number: int) -> Ticket | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_ticket(connection, number=number)
        return _read(row) if row else None

    async def waiting(self, bot: BotId) -> list[Ticket]:
        async with self._database.connection() as connection:
            return [_read(row) async for row in self._database.queries.waiting_tickets(connection, bot=bot)]

    async def newest(self, limit: int) -> list[Ticket]:
        async with self._database.connection() as connection:
            return [_read(row) async for row in self._database.queries.newest_tickets(connection, count=limit)]

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_tickets", when)

    async def told(self, number: int, now: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.ticket_told(connection, number=number, now=now)


def _read(row: Sequence[Any]) -> Ticket:
    number, bot, user, text, opened, told = row
    return Ticket(number=number, address=Address(BotId(bot), UserId(user)), text=text, opened_at=opened, told_at=told)
