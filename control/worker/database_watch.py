"""Checks for a worker's report whether the database takes writes. A read-only one, or one with a full disk, answers too."""

from __future__ import annotations

import asyncio
from asyncio import Task

from domain.errors import Unavailable
from storage.sql.database import Database


class DatabaseWatch:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._asking: Task[str] | None = None

    async def problems(self, patience: float) -> list[str]:
        """Asks the database, and returns what is wrong with it after at most `patience` seconds.

        A query that takes longer goes on until the next call. To cancel it would not help: the driver waits for the server.
        """
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        await asyncio.wait([self._asking], timeout=patience)
        line = self._asking.result() if self._asking.done() else "the database takes no write in time"
        return [line] if line else []

    async def _ask(self) -> str:
        if fault := self._database.fault():
            return fault
        try:
            async with self._database.connection() as connection:
                await self._database.queries.prove_writable(connection)
        except Unavailable as error:
            return str(error)
        return self._database.trouble.line
