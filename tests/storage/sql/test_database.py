"""What both databases promise whatever is asked of them."""

from __future__ import annotations

import asyncio
import sqlite3

import psycopg
import pytest

from domain.errors import SettingsError, Unavailable
from storage.sql import sqlite
from storage.sql.database import open_database


async def count(database):
    async with database.connection() as connection:
        cursor = await connection.execute("SELECT count(*) FROM blocks")
        (found,) = await cursor.fetchone()
        await cursor.close()
    return found


async def block(database, connection, other):
    await database.queries.separate(connection, user=1, other=other, why="block", now=0.0)


async def test_a_transaction_is_kept_whole(database):
    async with database.transaction() as connection:
        await block(database, connection, 2)
        await block(database, connection, 3)
    assert await count(database) == 2


async def test_an_error_undoes_the_whole_transaction_and_passes_through(database):
    async def fail():
        async with database.transaction() as connection:
            await block(database, connection, 2)
            raise KeyError("ours")

    with pytest.raises(KeyError):
        await fail()
    assert await count(database) == 0


async def test_a_cancelled_transaction_is_undone_and_leaves_the_database_usable(database):
    written = asyncio.Event()

    async def hang():
        async with database.transaction() as connection:
            await block(database, connection, 2)
            written.set()
            await asyncio.Event().wait()

    task = asyncio.ensure_future(hang())
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(database) == 0


async def test_callers_cancelled_at_any_moment_leave_the_database_usable(database):
    async def write(other):
        async with database.transaction() as connection:
            await block(database, connection, other)

    for turns in range(30):
        task = asyncio.ensure_future(write(turns))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with database.transaction() as connection:
        await block(database, connection, 1000)
    assert await count(database) >= 1


async def test_other_writes_stay_out_of_an_open_transaction(database):
    async def fail(started):
        async with database.transaction() as connection:
            await block(database, connection, 2)
            started.set()
            await asyncio.sleep(0)
            raise KeyError

    async def write(started):
        await started.wait()
        async with database.connection() as connection:
            await block(database, connection, 3)

    started = asyncio.Event()
    await asyncio.gather(fail(started), write(started), return_exceptions=True)
    assert await count(database) == 1


async def test_a_mistake_of_ours_is_not_called_unavailable(database):
    with pytest.raises((sqlite3.OperationalError, psycopg.errors.UndefinedTable)):
        async with database.connection() as connection:
            await connection.execute("SELECT 1 FROM no_such_table")


@pytest.mark.parametrize("parameters", [{}, {"bot": object()}], ids=["missing", "of a wrong type"])
async def test_a_call_with_the_wrong_parameters_is_not_called_unavailable_and_says_what_is_wrong(database, parameters):
    with pytest.raises((sqlite3.ProgrammingError, psycopg.ProgrammingError), match=r"parameter|adapt"):
        async with database.connection() as connection:
            await database.queries.find_state(connection, **parameters)
    assert database.trouble.line == ""


async def test_a_closed_database_is_unavailable(database):
    await database.close()
    with pytest.raises(Unavailable):
        await count(database)


@pytest.mark.parametrize("uri", ["", "mysql://here", "sqlite:", "postgres_uri", "postgresql://host:nonsense=1&/?x=secret"])
async def test_an_uri_that_is_none_is_a_settings_error(uri):
    with pytest.raises(SettingsError, match=r"stores\.postgres_uri") as caught:
        await open_database(uri)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("start", ["u:1/", "u:a@", "u:a?", "u:a#", "u:1/d?user="])
async def test_a_password_that_ends_too_early_is_a_settings_error_that_shows_none_of_it(start):
    with pytest.raises(SettingsError, match="%40 %2F %3F %23") as caught:
        await open_database(f"postgresql://{start}secret@127.0.0.1:1/d")
    assert "secret" not in str(caught.value)


async def test_a_sqlite_file_is_made_with_its_folder_for_its_owner_only(tmp_path):
    database = await open_database(f"sqlite://{tmp_path}/new/records.db")
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE t (x)")
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "new").iterdir()}
    await database.close()
    assert modes == dict.fromkeys(("records.db", "records.db-wal", "records.db-shm"), 0o600)


async def test_a_sqlite_file_that_is_none_is_unavailable(tmp_path):
    (tmp_path / "text.db").write_text("not a database" * 100)
    with pytest.raises(Unavailable, match=r"SQLite at .*text\.db"):
        await open_database(f"sqlite:{tmp_path}/text.db")


@pytest.mark.parametrize("path", ["file/records.db", "folder"])
async def test_a_sqlite_path_that_cannot_be_one_is_a_wrong_setting(tmp_path, path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(SettingsError, match=r"SQLITE_DB_PATH.* cannot be opened \(.*write the path of a file"):
        await open_database(f"sqlite:{tmp_path}/{path}")


async def test_a_sqlite_file_that_another_process_holds_is_unavailable_after_a_while(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.1)
    database = await open_database(f"sqlite:{tmp_path}/records.db")
    with sqlite3.connect(tmp_path / "records.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable, match="locked"):
            async with database.transaction():
                pass
        other.execute("ROLLBACK")
    other.close()
    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE t (x)")
    await database.close()
