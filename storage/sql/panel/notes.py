"""Notes about people (domain.ports.notes.Notes). The audit outlives an erasure, so it has no text of a note."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from domain.model.ids import UserId
from domain.ports.notes import Note
from domain.ports.review import Act, Operator
from storage.sql.database import Database
from storage.sql.payments.posting import Posting
from storage.sql.retention import purge_in_batches
from storage.sql.review.audit import of_user, write

ANYBODY = ""


class SqlNotes:
    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    async def of(self, user: UserId, count: int) -> list[Note]:
        async with self._database.connection() as connection:
            rows = self._database.queries.notes_of_person(connection, user=user, count=count)
            return [Note(number=number, by=by, at=at, text=text) async for number, by, at, text in rows]

    async def add(self, user: UserId, text: str, operator: Operator) -> bool:
        async with self._database.transaction() as connection:
            if not await self._database.queries.lock_person(connection, user=user):
                return False
            number = await self._audit(connection, Act(operator=operator, name="note", target=of_user(user)))
            await self._database.queries.add_note(
                connection, number=number, user=user, by=operator.name, now=self._clock(), text=text
            )
        return True

    async def remove(self, user: UserId, number: int, operator: Operator, *, of_others: bool) -> bool:
        by = ANYBODY if of_others else operator.name
        async with self._database.transaction() as connection:
            removed = await self._database.queries.remove_note(connection, user=user, number=number, by=by)
            if removed:
                gone = {"note": number}
                await self._audit(connection, Act(operator=operator, name="remove note", target=of_user(user), before=gone))
        return bool(removed)

    async def purge_before(self, when: float) -> int:
        """Delete notes that were written before that time, in Unix seconds; how many."""
        return await purge_in_batches(self._database, "purge_notes", when)

    async def _audit(self, connection: Any, act: Act) -> int:
        return await write(Posting(self._database.queries, connection, self._clock()), act)
