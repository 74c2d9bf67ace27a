"""Stores how far each bot of a worker has come in its update log, for all bots by one statement a tick.

*Invariant*: a bot's state is written only by its latest owner. Where one bot has a later owner, `Fenced` is raised for that bot
alone.
"""

from __future__ import annotations

import asyncio
from asyncio import Future, Task
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson

from domain.errors import Fenced
from domain.model.bot import Lease
from domain.model.ids import BotId
from storage.sql.database import Database

TICK_SECONDS = 0.1

State = tuple[int, int, int, int]
"""(pts, qts, date, seq)"""


async def _tick() -> None:
    await asyncio.sleep(TICK_SECONDS)


@dataclass(frozen=True, slots=True)
class _Request:
    lease: Lease
    state: State
    done: Future[None]


class Checkpoints:
    def __init__(self, database: Database, *, tick: Callable[[], Awaitable[None]] = _tick) -> None:
        """`tick` waits for the time between two statements."""
        self._database = database
        self._tick = tick
        self._waiting: list[_Request] = []
        self._working: Task[None] | None = None

    async def save(self, lease: Lease, state: State) -> None:
        """Stored at once where nothing was stored within the last tick. Raises `Fenced` and `Unavailable` of `domain.errors`."""
        loop = asyncio.get_running_loop()
        request = _Request(lease, state, loop.create_future())
        self._waiting.append(request)
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        await request.done

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            if batch:
                await self._write(batch)
                await self._tick()

    def _next_batch(self) -> dict[BotId, _Request]:
        """One request of each bot, because a statement cannot write a row twice. Others of a bot wait for the next batch."""
        batch: dict[BotId, _Request] = {}
        later = []
        for request in self._waiting:
            if request.done.done():
                continue
            if batch.setdefault(request.lease.bot, request) is not request:
                later.append(request)
        self._waiting = later
        return batch

    async def _write(self, batch: dict[BotId, _Request]) -> None:
        try:
            written = await self._written(batch)
        except Exception as error:  # noqa: BLE001 - whoever made the request raises it
            for request in batch.values():
                if not request.done.done():
                    request.done.set_exception(error)
            return
        for bot, request in batch.items():
            if request.done.done():
                continue
            if bot in written:
                request.done.set_result(None)
            else:
                request.done.set_exception(fenced(request.lease))

    async def _written(self, batch: dict[BotId, _Request]) -> set[BotId]:
        """Writes, and returns the bots that have no later owner."""
        rows = [(bot, request.lease.token, *request.state) for bot, request in sorted(batch.items())]
        async with self._database.connection() as connection:
            states = orjson.dumps(rows).decode()
            return {BotId(bot) async for (bot,) in self._database.queries.save_states(connection, states=states)}


def fenced(lease: Lease) -> Fenced:
    return Fenced(f"bot {lease.bot} has a later owner than {lease.owner} (lease {lease.token})")
