"""Brings the schema up to date from the numbered files in `migrations/`, once, however many programs start together.

A program may meet a schema that is newer than itself while a new release rolls out: migrations only expand, so it goes on;
unless one of those it does not know is named `*.breaking.sql`.
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
LOCK_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def statements(self) -> Iterator[str]:
        """SQLite runs one at a time, and only so inside a transaction."""
        statement = ""
        for line in self.text.splitlines(keepends=True):
            statement += line
            if sqlite3.complete_statement(statement):
                yield statement
                statement = ""


async def migrate(database: Database, *, folder: Path = FOLDER, begins: Callable[[str], None] = lambda _: None) -> list[str]:
    """Apply what is missing, all or nothing; the names applied, of which `begins` is told each in turn. Raises `SettingsError`
    where files and schema disagree.
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
    """The names of those that `migrate` would apply. Changes nothing; raises like it."""
    async with database.connection() as connection:
        known = await database.queries.has_migrations_table(connection)
        done = await applied(database, connection) if known else {}
    return [migration.name for migration in compare(read_migrations(folder), done)]


def read_migrations(folder: Path) -> list[Migration]:
    return [Migration(name=path.stem, text=path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))]


async def applied(database: Database, connection: Any) -> dict[str, str]:
    return {name: checksum async for name, checksum in database.queries.applied_migrations(connection)}


def compare(migrations: list[Migration], done: dict[str, str]) -> list[Migration]:
    """Those not done yet."""
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
