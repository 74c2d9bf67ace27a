"""How far the bots of a worker have come, written down for all of them by one statement a tick.

*Invariant*: a bot's place is written only by its latest owner; that one bot has a later owner is told to that bot alone.
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
class _Asked:
    lease: Lease
    state: State
    written: Future[None]


class Checkpoints:
    def __init__(self, database: Database, *, tick: Callable[[], Awaitable[None]] = _tick) -> None:
        """`tick` waits for as long as lies between two statements."""
        self._database = database
        self._tick = tick
        self._waiting: list[_Asked] = []
        self._working: Task[None] | None = None

    async def save(self, lease: Lease, state: State) -> None:
        """At once where nothing was written within the last tick. Raises `domain.errors.Fenced`, `domain.errors.Unavailable`."""
        loop = asyncio.get_running_loop()
        asked = _Asked(lease, state, loop.create_future())
        self._waiting.append(asked)
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        await asked.written

    async def _work(self) -> None:
        while self._waiting:
            batch = self._next_batch()
            if batch:
                await self._write(batch)
                await self._tick()

    def _next_batch(self) -> dict[BotId, _Asked]:
        """Each bot once: a statement cannot write a row twice. What else is asked for a bot comes next."""
        batch: dict[BotId, _Asked] = {}
        later = []
        for asked in self._waiting:
            if asked.written.done():
                continue
            if batch.setdefault(asked.lease.bot, asked) is not asked:
                later.append(asked)
        self._waiting = later
        return batch

    async def _write(self, batch: dict[BotId, _Asked]) -> None:
        try:
            written = await self._written(batch)
        except Exception as error:  # noqa: BLE001 - whoever asked raises it
            for asked in batch.values():
                if not asked.written.done():
                    asked.written.set_exception(error)
            return
        for bot, asked in batch.items():
            if asked.written.done():
                continue
            if bot in written:
                asked.written.set_result(None)
            else:
                asked.written.set_exception(fenced(asked.lease))

    async def _written(self, batch: dict[BotId, _Asked]) -> set[BotId]:
        """The bots that have no later owner."""
        rows = [(bot, asked.lease.token, *asked.state) for bot, asked in sorted(batch.items())]
        async with self._database.connection() as connection:
            states = orjson.dumps(rows).decode()
            return {BotId(bot) async for (bot,) in self._database.queries.save_states(connection, states=states)}


def fenced(lease: Lease) -> Fenced:
    return Fenced(f"bot {lease.bot} has a later owner than {lease.owner} (lease {lease.token})")
