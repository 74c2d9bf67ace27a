"""PostgreSQL through a pool of connections in autocommit mode.

Nothing waits for ever: a connection comes from the pool within `POOL_SECONDS`. Where a block takes longer than `call_seconds`,
its socket is shut down, which ends it at once even where the server's machine has vanished. A connection that died while idle is
noticed when the pool gives it out, without a round trip.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg_pool import AsyncConnectionPool

from domain.errors import SettingsError, Unavailable
from storage.sql.queries import Dialect, load_queries
from storage.trouble import Trouble

Connection = psycopg.AsyncConnection[tuple[Any, ...]]

CONNECT_SECONDS = 3
POOL_SECONDS = 3.0
OLDEST = 12
"""The oldest major version that is supported."""

FORM = "postgresql://user:password@host:5432/database, and the signs @ / ? # of a password as %40 %2F %3F %23"

LIMITS = """
    SELECT set_config('statement_timeout', %s, false), set_config('idle_in_transaction_session_timeout', '30s', false)
"""
"""The same time limits on the server, so that it does not go on with a statement that we gave up."""

FAILURES = (psycopg.OperationalError, psycopg.InterfaceError, psycopg.errors.ReadOnlySqlTransaction)


class PostgresDatabase:
    def __init__(self, pool: AsyncConnectionPool[Connection], place: str, call_seconds: float) -> None:
        self.dialect: Dialect = "postgres"
        self.queries = load_queries("postgres")
        self.trouble = Trouble()
        self._pool = pool
        self._place = place
        self._call_seconds = call_seconds

    @classmethod
    async def open(cls, uri: str, *, pool_size: int, call_seconds: float) -> PostgresDatabase:
        place = place_of(uri)
        with translated(place, Trouble()):
            await probe(uri)
        pool = make_pool(uri, pool_size, call_seconds)
        await pool.open()
        return cls(pool, place, call_seconds)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        with translated(self._place, self.trouble):
            async with self._pool.connection() as connection:
                with cut_after(self._call_seconds, connection):
                    yield connection

    @asynccontextmanager
    async def transaction(self, *, seconds: float | None = None) -> AsyncIterator[Connection]:
        with translated(self._place, self.trouble):
            async with self._pool.connection() as connection:
                with cut_after(seconds or self._call_seconds, connection):
                    async with connection.transaction():
                        yield connection

    def fault(self) -> str:
        return ""

    async def close(self) -> None:
        await self._pool.close()

    def connections(self) -> dict[str, int]:
        """How many connections are open and idle, and how many callers wait for one. For tests and status."""
        stats = self._pool.get_stats()
        return {"open": stats["pool_size"], "idle": stats["pool_available"], "waiting": stats["requests_waiting"]}


def make_pool(uri: str, size: int, call_seconds: float) -> AsyncConnectionPool[Connection]:
    async def check(connection: Connection) -> None:
        if died_idle(connection):
            await connection.close()
            await pool.drain()  # the others most likely died with it
            raise psycopg.OperationalError("the connection was closed by the server")

    pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
        uri,
        min_size=min(2, size),
        max_size=size,
        open=False,
        check=check,
        configure=partial(set_limits, call_seconds),
        timeout=POOL_SECONDS,
        reconnect_timeout=POOL_SECONDS,  # then the next caller tries again, instead of a back-off that grows to minutes
        kwargs={"autocommit": True, "connect_timeout": CONNECT_SECONDS, "application_name": "masquerade"},
    )
    return pool


def place_of(uri: str) -> str:
    """Host and port for error texts, without user and password. Raises `SettingsError`."""
    try:
        parts = conninfo_to_dict(uri)
    except psycopg.ProgrammingError:
        parts = {}
    if not parts or is_ambiguous(uri):
        raise SettingsError(f"stores.postgres_uri: not a PostgreSQL URI; write {FORM}")
    return f"PostgreSQL at {parts.get('host') or parts.get('hostaddr') or 'the local socket'}:{parts.get('port') or 5432}"


def is_ambiguous(uri: str) -> bool:
    """Whether the password has an unescaped @ / ? or #: part of it would be read as the host or the database."""
    credentials = uri.partition("://")[2].rpartition("@")[0]
    return any(sign in credentials for sign in "@/?#")


async def probe(uri: str) -> None:
    """Opens one connection outside the pool. Its error names the reason, where the pool would report a time-out only."""
    async with await psycopg.AsyncConnection.connect(uri, connect_timeout=CONNECT_SECONDS, autocommit=True) as connection:
        version = connection.info.server_version // 10000
        if version < OLDEST:
            raise SettingsError(f"stores.postgres_uri: PostgreSQL {version} is too old; {OLDEST} or later is needed")


async def set_limits(call_seconds: float, connection: Connection) -> None:
    with cut_after(CONNECT_SECONDS, connection):
        await connection.execute(LIMITS, (f"{call_seconds * 1000:.0f}",))


def died_idle(connection: Connection) -> bool:
    """Whether the socket is readable. On an idle connection that means that the server has closed it."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


@contextmanager
def cut_after(seconds: float, connection: Connection) -> Iterator[None]:
    """Shuts the socket down after `seconds`. Whatever waits on it then reads the end of the stream and raises."""
    timer = asyncio.get_running_loop().call_later(seconds, cut, connection)
    try:
        yield
    finally:
        timer.cancel()


def cut(connection: Connection) -> None:
    if connection.closed:
        return
    with socket.socket(fileno=socket.dup(connection.fileno())) as end:
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def translated(place: str, trouble: Trouble) -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        reason = str(error).strip().splitlines() or [""]
        unavailable = Unavailable(f"{place} cannot serve now: {type(error).__name__}: {reason[0]}")
        trouble.note(str(unavailable))
        raise unavailable from error
