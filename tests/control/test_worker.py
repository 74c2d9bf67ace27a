"""A worker as `supervisor.py` starts it: in this process, so that its clocks can be shortened, or in one of its own."""

from __future__ import annotations

import asyncio
import signal
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from actors.upkeep import housekeeping
from control.child import FOLDER, Child
from control.settings import loading as configuration
from control.supervisor.listeners import Listeners
from control.supervisor.lock import make_private
from control.supervisor.spawn import Spec, send_signal, spawn
from control.wire import Peer
from control.worker.children import control_chat
from control.worker.composition import work
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, BotId, ChatId, UserId
from domain.settings import Admin, Settings, Telegram
from storage.sql.chats import SqlChats
from storage.sql.database import Database, open_database
from storage.sql.migrate import migrate
from tests.control.supervisors import clean, eventually

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


async def test_a_rolling_restart_by_a_supervisor_of_the_release_before_brings_this_release_up(tmp_path: Path) -> None:
    """It starts `control.worker`, and asks for a dead worker's leases by the word `bury`."""
    ready = asyncio.Event()

    async def on_ready(_: Mapping[str, Any]) -> None:
        ready.set()

    async def on_beat(_: Mapping[str, Any]) -> None:
        pass

    make_private(tmp_path / "var")
    ours, theirs = socket.socketpair()
    spec = Spec(name="worker-1", module="control.worker", arguments=("--name", "worker-1"), environ={FOLDER: str(tmp_path)})
    with theirs:
        process = await spawn(spec, theirs, environ={**clean(), "REDIS_URL": "memory://"}, inherit=(), listeners=Listeners())
    output = asyncio.create_task(process.communicate())
    peer = Peer(*await asyncio.open_unix_connection(sock=ours), {"ready": on_ready, "beat": on_beat})
    listening = asyncio.create_task(peer.serve())
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({waiting, listening}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    assert ready.is_set(), await output
    assert [await peer.ask(op, timeout=5, worker="worker-2", pid=1) for op in ("bury", "release_leases")] == [0, 0]
    send_signal(process, signal.SIGTERM)
    await asyncio.wait({listening}, timeout=10)
    await output
    assert process.returncode == 0


def test_the_operators_chat_has_the_first_bot_that_is_named_or_else_the_first_that_was_added() -> None:
    added = [BotId(333333), BotId(222222)]
    none = Settings(admin=Admin(control_chat_id=-7))
    assert control_chat(none, added).bot == 333333
    assert control_chat(none, ()).bot is None
    assert control_chat(Settings(telegram=Telegram(tokens=("111111:a",))), added).bot == 111111
