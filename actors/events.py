"""EventsActor: what other processes and the scripts have to say to users of this worker's bots.

*Invariant*: an event is acknowledged after the session that it concerns is done with it; until then it stands in the stream, and
is read again here after a restart, or by whichever worker takes the bot over.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from pykka import ActorDeadError

from actors.bot.directory import Directory
from actors.messages import Append, Done, EventsMessage, FromStream
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import Unavailable
from domain.model.events import READ_AT_MOST, Entry
from domain.model.ids import Address, BotId
from domain.ports.streams import EventStream

LONGEST_READ = 1.0
"""Seconds for which one read waits for news; a bot that comes is heard after that at the latest."""
PAUSE_AFTER_ERROR = 0.5

logger = logging.getLogger(__name__)


class EventsActor(Actor[EventsMessage]):
    __slots__ = ("_directory", "_done", "_reader", "_served", "_stream", "_under_way")

    MAILBOX_LIMIT = 100_000

    def __init__(self, stream: EventStream, directory: Directory) -> None:
        super().__init__()
        self._stream = stream
        self._directory = directory
        self._done: dict[BotId, list[str]] = {}
        self._reader: Task[None] | None = None
        self._under_way: set[Future[Any]] = set()
        self._served = asyncio.Event()

    def on_start(self) -> None:
        self._directory.watch(self._served.set)
        self._reader = self.work(self._read())
        self._reader.add_done_callback(self._reading_ended)

    def on_receive(self, message: EventsMessage) -> Response:
        match message:
            case Append(bot=bot, event=event, lease=lease):
                return reply(message, self._under_way_with(self._stream.append(bot, event, lease)))
            case Done(bot=bot, id=id_):
                if not self._done:
                    self.loop.call_soon(self._acknowledge)
                self._done.setdefault(bot, []).append(id_)
                return None

    def on_stop(self) -> None:
        for task in (self._reader, *self._under_way):
            if task is not None:
                task.cancel()

    async def _read(self) -> None:
        """A client whose connection breaks as it is cancelled may say only that it broke; hence `dead`."""
        while not self.dead:
            bots = self._directory.bots
            if not bots:
                self._served.clear()
                await self._served.wait()
                continue
            try:
                await self._read_once(bots)
            except Unavailable as error:
                logger.warning("events wait for the store: %s", error)
                await asyncio.sleep(PAUSE_AFTER_ERROR)

    async def _read_once(self, bots: list[BotId]) -> None:
        began = self.loop.time()
        entries = await self._stream.read(bots, wait=0 if self._directory.unheard else LONGEST_READ)
        for bot, entry in entries:
            await self._hand_out(bot, entry)
        counts = Counter(bot for bot, _ in entries)
        self._directory.heard((bot for bot in bots if counts[bot] < READ_AT_MOST), began)

    async def _hand_out(self, bot: BotId, entry: Entry) -> None:
        message = FromStream(id=entry.id, event=entry.event)
        while (session := self._directory.session(Address(bot, entry.event.user))) is not None:
            try:
                await session.send(message)
            except ActorDeadError:
                continue  # it fell asleep this very moment: the directory wakes another
            return

    def _reading_ended(self, reader: Task[None]) -> None:
        """By itself only where it broke; a new reader begins with what was not acknowledged."""
        if not reader.cancelled() and (error := reader.exception()) is not None:
            self.fail(error)

    def _acknowledge(self) -> None:
        done, self._done = self._done, {}
        for bot, ids in done.items():
            self._under_way_with(self._acknowledge_at(bot, ids))

    async def _acknowledge_at(self, bot: BotId, ids: list[str]) -> None:
        try:
            await self._stream.acknowledge(bot, ids)
        except Unavailable as error:
            logger.warning("%d events of bot%d stay unacknowledged and will be seen as repeats: %s", len(ids), bot, error)

    def _under_way_with(self, work: Coroutine[Any, Any, None]) -> Future[None]:
        task = self.work(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task
