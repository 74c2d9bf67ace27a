"""Brings the schema up to date by the numbered files in `migrations/`. Programs that start together run each migration once.

While a new release rolls out, a program may find a schema newer than itself. Migrations only expand, so it may go on, unless a
migration that it does not know is named `*.breaking.sql`.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.errors import SettingsError
from storage.sql.database import Database

FOLDER = Path(__file__).with_name("migrations")
SECONDS = 600.0
"""How long all migrations together may take."""
LOCK_SECONDS = 60
"""How long one waits for a lock of another program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def statements(self) -> Iterator[str]:
        """One by one, because SQLite runs only one statement at a time inside a transaction."""
        statement = ""
        for line in self.text.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""


async def migrate(database: Database, *, folder: Path = FOLDER, begins: Callable[[str], None] = lambda _: None) -> list[str]:
    """Apply all missing migrations or none; their names. `begins` is called with each name before it is applied. Raises
    `SettingsError` where the files do not fit the schema.
    """
    async with database.transaction(seconds=SECONDS) as connection:
        await database.queries.lock_migrations(connection, seconds=str(LOCK_SECONDS))
        await database.queries.make_migrations_table(connection)
        missing = compare(read_migrations(folder), await applied(database, connection))
        for migration in missing:
            begins(migration.name)
            await apply(database, connection, migration)
    return [migration.name for migration in missing]


async def pending(database: Database, *, folder: Path = FOLDER) -> list[str]:
    """The names of those that `migrate` would apply. Changes nothing, and raises the same errors."""
    async with database.connection() as connection:
        known = await database.queries.has_migrations_table(connection)
        done = await applied(database, connection) if known else {}
    return [migration.name for migration in compare(read_migrations(folder), done)]


def read_migrations(folder: Path) -> list[Migration]:
    return [Migration(name=path.stem, text=path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))]


async def applied(database: Database, connection: Any) -> dict[str, str]:
    return {name: checksum async for name, checksum in database.queries.applied_migrations(connection)}


def compare(migrations: list[Migration], done: dict[str, str]) -> list[Migration]:
    """Those that are not applied yet. `done` has name → checksum of those applied."""
    for migration in migrations:
        if done.get(migration.name, migration.checksum) != migration.checksum:
            raise SettingsError(
                f"database: migration {migration.name} is not the one that was applied; "
                "run the release that made this database, or put the file back as it was"
            )
    unknown = done.keys() - {migration.name for migration in migrations}
    if breaking := sorted(name for name in unknown if name.endswith(".breaking")):
        raise SettingsError(f"database: its schema ({breaking[-1]}) is newer than this program; run a newer release")
    return [migration for migration in migrations if migration.name not in done]


async def apply(database: Database, connection: Any, migration: Migration) -> None:
    for statement in migration.statements():
        await connection.execute(statement)
    await database.queries.record_migration(connection, name=migration.name, checksum=migration.checksum, now=time.time())
