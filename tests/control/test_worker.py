"""A worker as `supervisor.py` starts it, in this process, so that its clocks can be shortened."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from actors.upkeep import housekeeping
from control.child import Child
from control.settings import loading as configuration
from control.worker.composition import work
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, BotId, ChatId, UserId
from storage.sql.chats import SqlChats
from storage.sql.database import Database, open_database
from storage.sql.migrate import migrate
from tests.control.houses import eventually

DAY = 24 * 60 * 60.0


@asynccontextmanager
async def a_worker(child: Child) -> AsyncIterator[None]:
    """Without bots; its supervisor hears and says nothing."""
    ours, theirs = socket.socketpair()
    with ours:
        await child.connect(theirs)
        working = asyncio.ensure_future(child.work(work))
        try:
            yield
        finally:
            child.stop(5.0)
            code = await working
            gc.unfreeze()  # a worker never collects what it imported; this process has other tests to come
    assert code == 0


async def ended(database: Database, name: str, *, days_ago: float) -> None:
    chats = SqlChats(database, clock=lambda: time.time() - days_ago * DAY)
    first, second = (Address(BotId(1), UserId(user)) for user in (10, 20))
    await chats.opened(Chat(id=ChatId(name), first=first, second=second, started=time.time() - 200 * DAY))
    await chats.ended(ChatId(name), ChatEnd.STOPPED)


async def on_record(database: Database) -> list[str]:
    async with database.connection() as connection:
        rows = await (await connection.execute("SELECT id FROM chats ORDER BY id")).fetchall()
    return [name for (name,) in rows]


async def test_a_worker_deletes_the_records_of_chats_that_ended_more_than_ninety_days_ago(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "CLEAN_UP_SECONDS", 0.05)
    settings = configuration.load(tmp_path, {"REDIS_URL": "memory://", "MASQUERADE_STORES__SQLITE_PATH": "records.db"})
    database = await open_database(configuration.database_uri(settings), pool_size=1)
    try:
        await migrate(database)
        await ended(database, "ended 89 days ago", days_ago=89)
        await ended(database, "ended 91 days ago", days_ago=91)

        async def something_is_gone() -> bool:
            return len(await on_record(database)) < 2

        async with a_worker(Child("worker-1", settings, tmp_path)):
            await eventually(something_is_gone)
        assert await on_record(database) == ["ended 89 days ago"]
    finally:
        await database.close()
