"""Which bots this worker can serve while it runs: a lease holder for each, started, connected anew and ended as the list of bots
changes.

A removed bot is closed by the worker that serves it: everybody who chats or searches there is told, and that ends. Then its token
is forgotten, and all workers end their lease holders. Whatever fails is tried again after the next look at the list.
"""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Task
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial

import pykka

from actors.bot.directory import Directory
from actors.messages import CloseSession, Heartbeat, LeaseHolderMessage, Reconnect
from actors.payments.messages import PaymentMessage
from actors.runtime.asking import answer_of
from actors.runtime.handle import Handle
from actors.runtime.supervision import Supervisor
from control.bots import SECTION
from control.worker.children import lease_holder_name, lease_holder_spec
from control.worker.stores import Stores
from domain.errors import Unavailable
from domain.model.bot import Lease
from domain.model.ids import Address, BotId
from domain.settings import Settings
from transport.client import KurigramTelegram

CLOSE_SECONDS = 60.0
"""For all chats and searches of a bot to end. After that it is removed all the same."""
LOOK_AGAIN = 0.5
AT_ONCE = 100
"""People who are told at the same time."""
TELL_SECONDS = 15.0
"""For one of them."""
CLEARED_SECONDS = 600.0
"""For so long after a removal, what others still append to the bot's event stream is deleted."""

ConnectWith = Callable[[str, Lease, Callable[[], bool]], KurigramTelegram]
"""Connects with a token."""

Work = Callable[[], Coroutine[None, None, None]]

logger = logging.getLogger(__name__)


class Serving:
    def __init__(
        self, supervision: Supervisor, connect: ConnectWith, stores: Stores, directory: Directory, settings: Settings
    ) -> None:
        self.lease_holders: dict[BotId, Handle[LeaseHolderMessage]] = {}
        self._supervision = supervision
        self._connect = connect
        self._stores = stores
        self._list = stores.bots
        self._directory = directory
        self._settings = settings
        self._tokens: dict[BotId, str] = {}
        self._connected_with: dict[BotId, str] = {}
        """The token of the bot's last connection."""
        self._under_way: dict[BotId, Task[None]] = {}

    async def start(self) -> None:
        """Starts the lease holders. They stop before the actors that they use, and all at once to save time."""
        self._directory.closed = self._list.closed
        for bot, token in self._list.tokens.items():
            self._tokens[bot] = token
            await self._add(bot)

    @asynccontextmanager
    async def kept_up(self) -> AsyncIterator[None]:
        """While the block runs, the lease holders follow the list."""
        self._list.applied_by(self.apply)
        self._list.soon()
        try:
            async with self._list.kept_up():
                yield
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def apply(self) -> None:
        """What is quick is done now, the rest in tasks of its own: one for each bot at a time."""
        self._directory.closed = self._list.closed
        tokens = self._list.tokens
        for bot, token in tokens.items():
            self._tokens[bot] = token
            if bot not in self.lease_holders and bot not in self._under_way:
                await self._add(bot)
        for bot in {*self.lease_holders, *self._list.removed_since(time.time() - CLEARED_SECONDS)}:
            if bot not in self._under_way and (work := self._work_on(bot, tokens.get(bot, ""))) is not None:
                self._begin(bot, work)

    def _work_on(self, bot: BotId, token: str) -> Work | None:
        if not token:
            return partial(self._drop if bot in self.lease_holders else self._stores.streams.forget, bot)
        if bot in self._list.leaving:
            return partial(self._close, bot)
        if self._connected_with.get(bot, token) != token:
            return partial(self._reconnect, bot)
        return None

    def _begin(self, bot: BotId, work: Work) -> None:
        self._under_way[bot] = task = asyncio.create_task(self._carried_out(bot, work), name=f"bot{bot}")
        task.add_done_callback(lambda _: self._under_way.pop(bot, None))

    async def _carried_out(self, bot: BotId, work: Work) -> None:
        try:
            await work()
        except (Unavailable, pykka.ActorDeadError) as error:
            logger.warning("bot%d: what was changed waits: %s", bot, error)
        except Exception:
            logger.exception("bot%d: what was changed could not be done", bot)

    async def _add(self, bot: BotId) -> None:
        payments: Handle[PaymentMessage] = self._supervision.handle("payments")
        spec = lease_holder_spec(
            bot, partial(self._connect_now, bot), self._stores, self._directory, self._settings, payments=payments
        )
        self.lease_holders[bot] = await self._supervision.start_child(spec)
        logger.info("bot%d may be served here", bot)
        self._tell_allocator()

    def _connect_now(self, bot: BotId, lease: Lease, may_send: Callable[[], bool]) -> KurigramTelegram:
        token = self._connected_with[bot] = self._tokens[bot]
        return self._connect(token, lease, may_send)

    async def _reconnect(self, bot: BotId) -> None:
        """Nothing happens where another worker serves the bot."""
        self._connected_with[bot] = self._tokens[bot]
        await self.lease_holders[bot].ask(Reconnect(), timeout=None)

    async def _close(self, bot: BotId) -> None:
        """Does nothing where another worker serves the bot."""
        if self._directory.post(bot) is None or not await self._emptied(bot):
            return
        version = await self._list.store.forget(bot)
        if version is not None:
            self._stores.news.announce_configuration(SECTION, version)
            logger.info("bot%d --Removed--> its token is forgotten", bot)
        self._list.soon()

    async def _emptied(self, bot: BotId) -> bool:
        """Whether the bot may go. A match of this moment may be recorded only now, so two looks in a row must find nobody. False
        where it is served elsewhere by now.
        """
        loop = asyncio.get_running_loop()
        deadline, quiet = loop.time() + CLOSE_SECONDS, 0
        while self._directory.post(bot) is not None:
            people = await self._list.store.people(bot)
            quiet = 0 if people else quiet + 1
            if quiet == 2:
                return True
            if loop.time() > deadline:
                logger.error("bot%d is removed, though %d chats and searches there could not be ended", bot, len(people))
                return True
            for at in range(0, len(people), AT_ONCE):
                await asyncio.gather(*(self._tell(Address(bot, user)) for user in people[at : at + AT_ONCE]))
            await asyncio.sleep(LOOK_AGAIN)
        return False

    async def _tell(self, address: Address) -> None:
        session = self._directory.session(address)
        if session is None:
            return
        try:
            await answer_of(session.ask(CloseSession(), timeout=TELL_SECONDS), "a session")
        except Unavailable as error:
            logger.warning("%s: the end waits: %s", address, error)

    async def _drop(self, bot: BotId) -> None:
        """Ends the lease holder, which finishes what is under way first, and clears what is left of the bot in the stores."""
        self.lease_holders.pop(bot, None)
        self._tokens.pop(bot, None)
        self._connected_with.pop(bot, None)
        self._directory.names.pop(bot, None)
        self._tell_allocator()
        await self._supervision.stop_child(lease_holder_name(bot), within=self._settings.supervisor.drain_seconds)
        logger.info("bot%d is not served here any more", bot)
        await self._list.store.forget_session(bot)
        await self._stores.streams.forget(bot)

    def _tell_allocator(self) -> None:
        if "allocator" in self._supervision.names:
            self._supervision.handle("allocator").tell(Heartbeat())
