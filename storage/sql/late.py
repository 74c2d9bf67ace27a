"""A database for programs that also run without it: opened in the background, and until then each use raises `Unavailable`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

from domain.errors import SettingsError, Unavailable
from storage.sql.database import Database, open_database
from storage.sql.migrate import pending
from storage.sql.queries import Dialect, load_queries
from storage.trouble import Trouble

LONGEST_PAUSE = 10.0

logger = logging.getLogger(__name__)


async def _nothing(_: Database) -> None:
    pass


class LateDatabase:
    """`storage.sql.database.Database`."""

    def __init__(
        self, uri: str, *, pool_size: int, call_seconds: float, prepare: Callable[[Database], Awaitable[None]] = _nothing
    ) -> None:
        """`prepare` is done with the open database before anybody uses it. What it raises is treated as an error of opening."""
        self._uri = uri
        self._prepare = prepare
        self._pool_size = pool_size
        self._call_seconds = call_seconds
        self._opened: asyncio.Future[Database] = asyncio.get_running_loop().create_future()
        self._why_not = "the database is not open yet"
        self.dialect: Dialect = "sqlite" if uri.startswith("sqlite:") else "postgres"
        self.queries = load_queries(self.dialect)
        self.trouble = Trouble()

    async def open(self) -> None:
        """Return once it is open and has its tables, which other processes make. Raises `SettingsError`."""
        pause = 0.1
        while not self._opened.done():
            try:
                self._opened.set_result(await self._with_tables())
            except Unavailable as error:
                if pause == 0.1:
                    logger.warning("waiting for the database: %s", error)
                self._why_not = str(error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except SettingsError as error:
                self._why_not = str(error)
                raise

    async def opened(self, within: float) -> bool:
        """Wait until it is open. False if it is not `within` so many seconds."""
        done, _ = await asyncio.wait({self._opened}, timeout=within)
        return bool(done)

    def connection(self) -> AbstractAsyncContextManager[Any]:
        return self._now().connection()

    def transaction(self, *, seconds: float | None = None) -> AbstractAsyncContextManager[Any]:
        return self._now().transaction(seconds=seconds)

    def fault(self) -> str:
        return self._now().fault() if self._opened.done() else ""

    async def close(self) -> None:
        if self._opened.done():
            await self._opened.result().close()

    def _now(self) -> Database:
        if not self._opened.done():
            raise Unavailable(self._why_not)
        return self._opened.result()

    async def _with_tables(self) -> Database:
        database = await open_database(self._uri, pool_size=self._pool_size, call_seconds=self._call_seconds)
        try:
            if await pending(database):
                raise Unavailable("the database's tables are not made yet")  # noqa: TRY301 - closed below, as for any other reason
            await self._prepare(database)
        except BaseException:
            await database.close()
            raise
        return database
