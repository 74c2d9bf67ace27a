"""One database, PostgreSQL or SQLite by its URI, behind one small interface.

    async with database.connection() as connection:
        row = await database.queries.find_state(connection, bot=42)

    async with database.transaction() as connection:  # all or nothing
        ...

SQL is in `queries/` and is called by name. Where the database cannot serve now, these blocks raise `domain.errors.Unavailable`
within seconds. Errors that are bugs of ours, such as a wrong table name, are raised unchanged. Await nothing but the database
inside a block: it holds a connection, and PostgreSQL's is shut down when the time limit of a call is over.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from domain.errors import SettingsError
from storage.sql.postgres import PostgresDatabase
from storage.sql.queries import Dialect
from storage.sql.sqlite import SqliteDatabase
from storage.trouble import Trouble

CALL_SECONDS = 10.0


class Database(Protocol):
    dialect: Dialect
    queries: Any
    trouble: Trouble

    def connection(self) -> AbstractAsyncContextManager[Any]:
        """Each statement commits by itself."""
        ...

    def transaction(self, *, seconds: float | None = None) -> AbstractAsyncContextManager[Any]:
        """Committed at the end of the block; rolled back on an error or a cancellation. On SQLite it locks out all other writers
        from its start. `seconds` is the time limit of the block, by default that of a call.
        """
        ...

    def fault(self) -> str:
        """What is wrong although statements succeed, for the operator. Empty for nothing."""
        ...

    async def close(self) -> None: ...


async def open_database(uri: str, *, pool_size: int = 10, call_seconds: float = CALL_SECONDS) -> Database:
    """`postgresql://…`, or `sqlite:` and a path (`sqlite:var/masquerade.db`, `sqlite:///srv/masquerade.db`).
    No call takes longer than `call_seconds`.

    Raises `SettingsError` for any other URI, `Unavailable` where the database cannot be opened now.
    """
    scheme, _, rest = uri.partition(":")
    if scheme in {"postgresql", "postgres"}:
        return await PostgresDatabase.open(uri, pool_size=pool_size, call_seconds=call_seconds)
    if scheme == "sqlite" and rest.removeprefix("//"):
        return await SqliteDatabase.open(rest.removeprefix("//"), call_seconds=call_seconds)
    raise SettingsError("stores.postgres_uri: not a database URI; it begins with postgresql:// (or sqlite: and a path)")
