"""Migrations of the database: each is applied once and as a whole, and a schema that does not fit is refused."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import SettingsError
from storage.sql.database import open_database
from storage.sql.migrate import FOLDER, migrate, pending, read_migrations
from storage.sql.retention import RETENTION

ROOT = Path(__file__).parents[3]
ALL = [migration.name for migration in read_migrations(FOLDER)]


@pytest.fixture
async def empty(database_uri):
    opened = await open_database(database_uri, pool_size=4)
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_first.sql").write_text(
        "-- one; two\nCREATE TABLE first (x TEXT DEFAULT 'a;b');\nINSERT INTO first VALUES ('c');\n"
    )
    return made


async def tables(database):
    listing = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    }
    async with database.connection() as connection:
        cursor = await connection.execute(listing[database.dialect])
        found = {row[0] for row in await cursor.fetchall()}
        await cursor.close()
    return found


async def test_an_empty_database_waits_for_all_and_then_for_none(empty):
    assert await pending(empty) == ALL
    assert await migrate(empty) == ALL
    assert await pending(empty) == []
    assert await migrate(empty) == []


async def test_asking_what_is_pending_changes_nothing(empty):
    await pending(empty)
    assert await tables(empty) == set()


async def test_every_table_states_how_long_it_is_kept(empty):
    await migrate(empty)
    assert await tables(empty) == set(RETENTION)


async def test_a_later_migration_is_applied_on_top(empty, folder):
    await migrate(empty, folder=folder)
    (folder / "0002_second.sql").write_text("ALTER TABLE first ADD COLUMN y INTEGER;")
    assert await pending(empty, folder=folder) == ["0002_second"]
    assert await migrate(empty, folder=folder) == ["0002_second"]


async def test_each_migration_is_told_of_as_it_begins(empty, folder):
    (folder / "0002_second.sql").write_text("CREATE TABLE second (x TEXT);\nINSERT INTO nowhere VALUES (1);")
    (folder / "0003_third.sql").write_text("CREATE TABLE third (x TEXT);")
    begun = []
    with pytest.raises(Exception, match="nowhere"):
        await migrate(empty, folder=folder, begins=begun.append)
    assert begun == ["0001_first", "0002_second"]


async def test_a_migration_that_fails_leaves_nothing_behind(empty, folder):
    (folder / "0002_second.sql").write_text("CREATE TABLE second (x TEXT);\nINSERT INTO nowhere VALUES (1);")
    with pytest.raises(Exception, match="nowhere"):
        await migrate(empty, folder=folder)
    assert await tables(empty) == set()
    (folder / "0002_second.sql").unlink()
    assert await migrate(empty, folder=folder) == ["0001_first"]


async def test_a_migration_changed_after_it_was_applied_is_refused(empty, folder):
    await migrate(empty, folder=folder)
    (folder / "0001_first.sql").write_text("CREATE TABLE other (x TEXT);")
    for question in (migrate, pending):
        with pytest.raises(SettingsError, match="0001_first is not the one that was applied"):
            await question(empty, folder=folder)


async def test_a_schema_that_only_grew_serves_the_release_before(empty, folder):
    newer = folder / "0002_second.sql"
    newer.write_text("CREATE TABLE second (x TEXT);")
    await migrate(empty, folder=folder)
    newer.unlink()
    assert await pending(empty, folder=folder) == []
    assert await migrate(empty, folder=folder) == []


async def test_a_schema_that_broke_with_the_release_before_is_refused_by_it(empty, folder):
    newer = folder / "0002_second.breaking.sql"
    newer.write_text("DROP TABLE first;")
    await migrate(empty, folder=folder)
    newer.unlink()
    for question in (migrate, pending):
        with pytest.raises(SettingsError, match="newer than this program"):
            await question(empty, folder=folder)


async def test_tasks_that_migrate_at_once_migrate_once(database_uri):
    databases = [await open_database(database_uri, pool_size=1) for _ in range(4)]
    applied = await asyncio.gather(*map(migrate, databases))
    for database in databases:
        await database.close()
    assert sorted(applied) == [[], [], [], ALL]


def test_processes_that_migrate_at_once_migrate_once(database_uri):
    script = """
import asyncio, sys
from storage.sql.database import open_database
from storage.sql.migrate import migrate
async def main():
    database = await open_database(sys.argv[1])
    sys.stdin.readline()
    print(await migrate(database))
    await database.close()
asyncio.run(main())
"""
    command = [sys.executable, "-c", script, database_uri]
    programs = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, text=True) for _ in range(3)]
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    answers = [program.communicate(timeout=30)[0].strip() for program in programs]
    assert sorted(answers) == sorted([str(ALL), "[]", "[]"])
