"""Appeals against bans (domain.ports.review.Appeals), and the answers of operators."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from domain.model.ban import Ban
from domain.model.ids import Address, BotId, UserId
from domain.ports.review import Appeal
from domain.trust.appeals import NotAppealed, refusal
from storage.sql.bans import to_ban
from storage.sql.database import Database
from storage.sql.retention import purge_in_batches


class SqlAppeals:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def appeal(self, address: Address, text: str) -> NotAppealed | None:
        queries, now = self._database.queries, self._clock()
        async with self._database.connection() as connection:
            row = await queries.whole_ban(connection, user=address.user)
            ban = to_ban(row) if row else None
            refused = refusal(ban, now)
            if refused is not None or ban is None:
                return refused
            while True:
                before = await queries.appeal_of(connection, user=address.user, since=ban.since)
                if before is not None:
                    said_again = None if before == text else NotAppealed.ALREADY
                    return said_again if before else NotAppealed.DELETED
                if not text or await queries.open_appeal(connection, now=now, text=text, **_columns(address, ban)):
                    return None

    async def newest(self, limit: int, *, waiting: bool = False, user: UserId | None = None) -> list[Appeal]:
        async with self._database.connection() as connection:
            rows = self._database.queries.newest_appeals(connection, waiting=waiting, user=user or 0, count=limit)
            return [to_appeal(row) async for row in rows]

    async def find(self, number: int) -> Appeal | None:
        async with self._database.connection() as connection:
            row = await self._database.queries.find_appeal(connection, number=number)
        return to_appeal(row) if row else None

    async def purge_before(self, when: float) -> int:
        return await purge_in_batches(self._database, "purge_appeals", when)


def _columns(address: Address, ban: Ban) -> dict[str, Any]:
    return {
        "bot": address.bot,
        "user": address.user,
        "since": ban.since,
        "until": ban.until,
        "reason": ban.reason,
        "note": ban.note,
        "banned_by": ban.by,
        "by_person": ban.by_person,
    }


def to_appeal(row: Sequence[Any]) -> Appeal:
    number, bot, user, text, opened, answered, answered_by, verdict, answer, *ban = row
    return Appeal(
        number=number,
        address=Address(BotId(bot), UserId(user)),
        text=text,
        ban=to_ban((user, *ban)),
        opened_at=opened,
        answered_at=answered,
        answered_by=answered_by,
        verdict=verdict,
        answer=answer,
    )
