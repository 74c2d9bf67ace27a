"""Stores how far each bot of a worker has come in its update log, for all bots by one statement a tick.

*Invariant*: a bot's state is written only by its latest owner. Where one bot has a later owner, `Fenced` is raised for that bot
alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import orjson

from domain.errors import Fenced
from domain.model.bot import Lease
from domain.model.ids import BotId
from storage.batches import Batches
from storage.sql.database import Database

TICK_SECONDS = 0.1

State = tuple[int, int, int, int]
"""(pts, qts, date, seq)"""


async def _tick() -> None:
    await asyncio.sleep(TICK_SECONDS)


class Checkpoints:
    def __init__(self, database: Database, *, tick: Callable[[], Awaitable[None]] = _tick) -> None:
        """`tick` waits for the time between two statements."""
        self._database = database
        self._places: Batches[tuple[Lease, State], bool] = Batches(self._write, pause=tick)

    async def save(self, lease: Lease, state: State) -> None:
        """Stored at once where nothing was stored within the last tick. Raises `Fenced` and `Unavailable` of `domain.errors`."""
        if not await self._places.ask((lease, state)):
            raise fenced(lease)

    async def _write(self, places: Sequence[tuple[Lease, State]]) -> list[bool]:
        """Which of them were written. A statement cannot write a row twice, so a second lease of a bot goes into the next one."""
        statements: list[dict[BotId, int]] = []
        for at, (lease, _) in enumerate(places):
            statement = next((each for each in statements if lease.bot not in each), None)
            if statement is None:
                statements.append(statement := {})
            statement[lease.bot] = at
        written: set[int] = set()
        for statement in statements:
            bots = await self._written([places[at] for at in statement.values()])
            written |= {statement[bot] for bot in bots}
        return [at in written for at in range(len(places))]

    async def _written(self, places: Sequence[tuple[Lease, State]]) -> set[BotId]:
        """Writes, and returns the bots that have no later owner."""
        states = orjson.dumps([(lease.bot, lease.token, *state) for lease, state in places]).decode()
        async with self._database.connection() as connection:
            return {BotId(bot) async for (bot,) in self._database.queries.save_states(connection, states=states)}


def fenced(lease: Lease) -> Fenced:
    return Fenced(f"bot {lease.bot} has a later owner than {lease.owner} (lease {lease.token})")
