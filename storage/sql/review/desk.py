"""What waits for an operator (domain.ports.review.Desk)."""

from __future__ import annotations

from domain.model.ids import BotId
from domain.ports.moderation import ReviewItem
from domain.ports.review import Appeal
from storage.sql.database import Database
from storage.sql.review.appeals import to_appeal
from storage.sql.trust.review import to_item


class SqlDesk:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self, bot: BotId) -> list[Appeal]:
        async with self._database.connection() as connection:
            return [to_appeal(row) async for row in self._database.queries.waiting_appeals_of(connection, bot=bot)]

    async def urgent(self, bot: BotId) -> list[ReviewItem]:
        async with self._database.connection() as connection:
            return [to_item(row) async for row in self._database.queries.urgent_items_of(connection, bot=bot)]
