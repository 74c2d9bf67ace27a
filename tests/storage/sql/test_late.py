"""A database that is opened in the background: until then it says why not, and then it serves."""

from __future__ import annotations

import asyncio

import pytest

from domain.errors import SettingsError, Unavailable
from storage.sql.database import open_database
from storage.sql.late import LateDatabase
from storage.sql.migrate import migrate


async def until(text: str, late: LateDatabase) -> None:
    """It says so in its refusal."""
    for _ in range(500):
        try:
            late.connection()
        except Unavailable as error:
            if text in str(error):
                return
        await asyncio.sleep(0.01)
    raise AssertionError(f"it never said {text}")


async def test_it_waits_for_the_tables_and_is_prepared_before_its_first_use(database_uri):
    prepared = []

    async def prepare(opened):
        async with opened.connection():
            prepared.append(opened.dialect)

    late = LateDatabase(database_uri, pool_size=2, call_seconds=5, prepare=prepare)
    with pytest.raises(Unavailable, match="not open yet"):
        late.transaction()
    opening = asyncio.create_task(late.open())
    await until("tables are not made yet", late)
    assert prepared == []
    other = await open_database(database_uri, pool_size=1)
    await migrate(other)
    await other.close()
    async with asyncio.timeout(10):
        await opening
    assert prepared == [late.dialect]
    async with late.connection() as connection:
        assert await late.queries.count_live_chats(connection) == 0
    await late.close()
    with pytest.raises(Unavailable):
        async with late.connection():
            pass


async def test_a_database_that_is_away_is_tried_again_and_named_without_its_password():
    late = LateDatabase("postgresql://anna:hunter2@127.0.0.1:1/records", pool_size=1, call_seconds=1)
    opening = asyncio.create_task(late.open())
    await until("127.0.0.1", late)
    with pytest.raises(Unavailable) as refused:
        late.connection()
    assert "hunter2" not in str(refused.value)
    opening.cancel()
    await asyncio.wait([opening])
    await late.close()


async def test_what_waiting_does_not_mend_is_said_and_kept(database_uri):
    async def prepare(_):
        raise SettingsError("none of our keys opens it")

    other = await open_database(database_uri, pool_size=1)
    await migrate(other)
    await other.close()
    late = LateDatabase(database_uri, pool_size=1, call_seconds=5, prepare=prepare)
    with pytest.raises(SettingsError):
        await late.open()
    with pytest.raises(Unavailable, match="none of our keys"):
        late.connection()
    await late.close()
