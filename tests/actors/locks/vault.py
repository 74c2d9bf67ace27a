"""LockActor in a house of twins, with real records of locks and credits on SQLite. It can be killed, and another started."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from actors.locks.actor import LockActor
from actors.locks.context import LockContext
from actors.locks.messages import SettleLocks
from bench.payments.credits import faults_of
from domain.errors import Unavailable
from domain.model.ids import BotId, ChatId, UserId
from domain.payments.credits import HELD, USED
from storage.sql.chats import SqlChats
from storage.sql.database import open_database
from storage.sql.locks.locks import SqlLocks
from storage.sql.migrate import migrate
from storage.sql.payments.credits import SqlCredits
from storage.sql.payments.outbox import SqlOutbox
from tests.actors.house import House, Person, a_house

Hook = Callable[[], None]


class Watched:
    """The records of locks. A call may be refused, as where the database is away, or a hook may be called behind it."""

    def __init__(self, locks: SqlLocks) -> None:
        self._locks = locks
        self.away: set[str] = set()
        """Methods that raise Unavailable."""
        self.behind: dict[str, Hook] = {}
        """Method → called once it has changed the records, before its caller learns of it."""
        self.calls: dict[str, int] = defaultdict(int)

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._locks, name)
        return partial(self._call, name, method)

    async def _call(self, name: str, method: Any, *args: Any, **more: Any) -> Any:
        self.calls[name] += 1
        if name in self.away:
            raise Unavailable("the database is away")
        result = await method(*args, **more)
        if name in self.behind:
            self.behind[name]()
            await asyncio.sleep(0)
        return result


class Vault:
    def __init__(self, house: House, database: Any) -> None:
        self.house = house
        self.database = database
        self.locks = Watched(SqlLocks(database, clock=self.now))
        self.credits = SqlCredits(database, clock=self.now)
        self.chats = SqlChats(database, clock=self.now)
        self.outbox = SqlOutbox(database)
        self.tends = True

    def now(self) -> float:
        return self.house.pool.oracle.now

    def starts(self) -> None:
        """A LockActor, as a worker has one."""
        house = self.house
        world = LockContext(
            directory=house.directory,
            locks=self.locks,
            credits=self.credits,
            pool=house.pool,
            lock_pool=house.pool,
            live=house.live,
            tends=lambda: self.tends,
        )
        self.actor = LockActor.start(world)
        house.locks_handle.found(self.actor)

    def dies(self) -> None:
        self.actor.kill()

    async def chatting(self, *, credits_: int) -> tuple[Person, Person, ChatId]:
        """Anna at the first bot with so many credits, Boris at the second."""
        anna, boris = await self.house.chatting()
        if credits_:
            await self.credits.give(anna.user, anna.address.bot, f"for {anna.user}", credits_)
        return anna, boris, self.house.pool.oracle.chats[anna.user].id

    def passes(self, seconds: float) -> None:
        self.house.pool.oracle.now += seconds

    async def settles(self) -> None:
        """What is pending is settled, once it is old enough."""
        self.passes(11)
        self.actor.tell(SettleLocks())
        await self.until(self._nothing_is_held)

    async def _nothing_is_held(self) -> bool:
        return not (await self.balances())[1]

    async def until(self, what: Any) -> None:
        async with asyncio.timeout(20):
            while not await what():  # noqa: ASYNC110 - the records tell nobody of a change
                await asyncio.sleep(0.01)

    async def owed(self, bot: BotId) -> list[tuple[str, dict[str, Any]]]:
        return [(each.text, dict(each.arguments)) for each in await self.outbox.due(bot, self.now() + 1)]

    async def balances(self, user: UserId | None = None) -> tuple[int, int, int]:
        """Of the person, held, used."""
        async with self.database.connection() as connection:
            held, used = [int(await self.database.queries.account_balance(connection, id=each)) for each in (HELD, USED)]
        return (await self.credits.balance(user) if user is not None else 0), held, used


@asynccontextmanager
async def a_vault(folder: Path) -> AsyncIterator[Vault]:
    database = await open_database(f"sqlite:{folder}/records.db")
    await migrate(database)
    async with a_house() as house:
        vault = Vault(house, database)
        vault.starts()
        yield vault
        if vault.actor.is_alive():
            await vault.actor.stop()
    assert await faults_of(database) == []
    await database.close()
