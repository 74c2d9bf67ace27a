"""SQLite through one connection in a thread of its own. Blocks of this process take turns.

In WAL mode readers in other processes are not blocked. Writers in other processes are waited for, up to `BUSY_SECONDS`.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiosqlite

from domain.errors import SettingsError, Unavailable
from storage.sql.queries import Dialect, load_queries
from storage.trouble import Trouble

BUSY_SECONDS = 5.0
OLDEST = (3, 35)
"""The oldest version that is supported: upserts with RETURNING."""

FAILURES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
}


class SqliteDatabase:
    def __init__(self, connection: aiosqlite.Connection, path: str, call_seconds: float) -> None:
        self.dialect: Dialect = "sqlite"
        self.queries = load_queries("sqlite")
        self.trouble = Trouble()
        self._connection = connection
        self._path = path
        self._file = file_at(path)
        self._place = f"SQLite at {path}"
        self._call_seconds = call_seconds
        self._turn = asyncio.Lock()
        self._closed = False

    @classmethod
    async def open(cls, path: str, *, call_seconds: float) -> SqliteDatabase:
        if sqlite3.sqlite_version_info < OLDEST:
            raise SettingsError(
                f"stores.sqlite_path: this Python's SQLite {sqlite3.sqlite_version} is too old; 3.35 or later is needed"
            )
        place = f"SQLite at {path}"
        with translated(place, Trouble()):
            make_private(path, place)
            connection = await aiosqlite.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
            try:
                await configure(connection)
            except BaseException:
                await connection.close()
                raise
        return cls(connection, path, call_seconds)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[aiosqlite.Connection]:
        with translated(self._place, self.trouble):
            async with self._my_turn(self._call_seconds):
                yield self._connection

    @asynccontextmanager
    async def transaction(self, *, seconds: float | None = None) -> AsyncIterator[aiosqlite.Connection]:
        with translated(self._place, self.trouble):
            async with self._my_turn(seconds or self._call_seconds):
                try:
                    await self._connection.execute("BEGIN IMMEDIATE")
                    yield self._connection
                    await self._connection.execute("COMMIT")
                except BaseException:
                    await self._connection.rollback()  # does nothing where the transaction did not begin
                    raise

    def fault(self) -> str:
        """SQLite writes on to a file that was deleted, and all of that is lost when the process ends."""
        if file_at(self._path) == self._file:
            return ""
        what = "replaced" if Path(self._path).exists() else "deleted"
        return f"{self._place}: the file was {what} while we use it; what is written now is lost: stop, put it back, run"

    async def close(self) -> None:
        async with self._turn:
            self._closed = True
            await self._connection.close()

    @asynccontextmanager
    async def _my_turn(self, seconds: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(seconds):
                await self._turn.acquire()
        except TimeoutError:
            raise Unavailable(f"{self._place} is too busy: no turn within {seconds:.0f} seconds") from None
        try:
            if self._closed:
                raise Unavailable(f"{self._place} is closed")
            yield
        finally:
            self._turn.release()


def file_at(path: str) -> tuple[int, int] | None:
    """Which file that is; None where there is none."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def make_private(path: str, place: str) -> None:
    """Makes the file readable by its owner only. SQLite gives its -wal and -shm files the same mode."""
    if path == ":memory:":
        return
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except (IsADirectoryError, NotADirectoryError, FileExistsError, PermissionError) as error:
        raise SettingsError(
            f"stores.sqlite_path (SQLITE_DB_PATH): {path} cannot be opened ({error.strerror}); write the path of a file that "
            "this user may write or make"
        ) from error
    except OSError as error:
        raise Unavailable(f"{place} cannot be opened: {error.strerror}") from error


async def configure(connection: aiosqlite.Connection) -> None:
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
        await connection.execute(f"PRAGMA {pragma}")


@contextmanager
def translated(place: str, trouble: Trouble) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)  # None: Python refused the call before SQLite saw it
        if code is None or code & 0xFF not in FAILURES:
            raise
        unavailable = Unavailable(f"{place} cannot serve now: {error}")
        trouble.note(str(unavailable))
        raise unavailable from error
