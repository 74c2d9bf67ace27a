"""Texts that bots owe people about payments (domain.ports.payments.Outbox), written with what they tell of."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from domain.model.ids import Address, BotId, UserId
from domain.payments.sales import Owed
from domain.ports.payments import TOLD_LATE
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.retention import purge_in_batches

LEFT_TO_SESSION = 10.0
"""Seconds after which a deletion is carried out here: the process of the session that was asked for it may have died."""
LATE_RENEWAL = 3600.0
"""Seconds after its time in which a renewal is still waited for."""


class SqlOutbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def bots_with_work(self, now: float) -> set[BotId]:
        async with self._database.connection() as connection:
            return {
                BotId(bot)
                async for (bot,) in self._database.queries.bots_with_work(connection, now=now, left=now - LEFT_TO_SESSION)
            }

    async def add(self, owed: Owed, now: float) -> None:
        async with self._database.connection() as connection:
            await Posting(self._database.queries, connection, now).owe((owed,))

    async def due(self, bot: BotId, now: float, limit: int = 100) -> list[Owed]:
        async with self._database.connection() as connection:
            rows = self._database.queries.due_notices(connection, bot=bot, now=now, count=limit)
            return [
                Owed(key=key, to=Address(BotId(of), UserId(user)), text=text, arguments=orjson.loads(arguments))
                async for key, of, user, text, arguments in rows
            ]

    async def sent(self, key: str, now: float) -> None:
        async with self._database.connection() as connection:
            await self._database.queries.notice_sent(connection, key=key, now=now)

    async def remind(self, bot: BotId, now: float, before: float) -> None:
        queries = self._database.queries
        async with self._database.connection() as connection:
            rows = queries.ending_vips(connection, bot=bot, since=now - TOLD_LATE, until=now + before, late=now - LATE_RENEWAL)
            ends = [(UserId(user), until) async for user, until in rows]
            await Posting(queries, connection, now).owe(_reminders(bot, ends, now))

    async def purge_before(self, when: float) -> int:
        """Delete notices that were sent before that time, in Unix seconds; how many."""
        return await purge_in_batches(self._database, "purge_notices", when)


def _reminders(bot: BotId, ends: list[tuple[UserId, float]], now: float) -> Iterator[Owed]:
    """Each has the end in its key, so that an end that moves is told of again."""
    for user, until in ends:
        text = "vip-ended" if until <= now else "vip-ends-soon"
        yield Owed(key=f"{text}:{user}:{until:.0f}", to=Address(bot, user), text=text, arguments={"until": until})
