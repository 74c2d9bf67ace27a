"""EventsActor: reads the event streams of this worker's bots, hands each event to its session, and appends events for other bots.
Events come from other processes and from the pool's scripts.

*Invariant*: an event is acknowledged only after its session is done with it. Until then it stays in the stream, and is read again
after a restart, here or by the worker that takes the bot over.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter

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
"""Seconds that one read waits for events; also the longest delay before a new bot's stream is read."""
RETRY_SECONDS = 0.5

logger = logging.getLogger(__name__)


class EventsActor(Actor[EventsMessage]):
    __slots__ = ("_directory", "_done", "_served", "_stream")

    MAILBOX_LIMIT = 100_000

    def __init__(self, stream: EventStream, directory: Directory) -> None:
        super().__init__()
        self._stream = stream
        self._directory = directory
        self._done: dict[BotId, list[str]] = {}
        self._served = asyncio.Event()

    def on_start(self) -> None:
        self._directory.watch(self._served.set)
        self.work(self._read(), vital=True)

    def on_receive(self, message: EventsMessage) -> Response:
        match message:
            case Append(bot=bot, event=event, lease=lease):
                return reply(message, self.work(self._stream.append(bot, event, lease)))
            case Done(bot=bot, id=id_):
                if not self._done:
                    self.loop.call_soon(self._acknowledge)
                self._done.setdefault(bot, []).append(id_)
                return None

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        done, self._done = self._done, {}
        await asyncio.gather(*(self._acknowledge_at(bot, ids) for bot, ids in done.items()))

    async def _read(self) -> None:
        """Where it fails, the actor is restarted, and reads again what is not acknowledged. Checks `dead`, since a client that is
        cancelled may raise `Unavailable` instead of `CancelledError`.
        """
        while not self.dead:
            bots = self._directory.bots
            if not bots:
                self._served.clear()
                await self._served.wait()
                continue
            try:
                await self._read_once(bots)
            except Unavailable as error:
                logger.warning("events could not be read: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _read_once(self, bots: list[BotId]) -> None:
        began = self.loop.time()
        entries = await self._stream.read(bots, wait=0 if self._directory.unheard else LONGEST_READ)
        for bot, entry in entries:
            await self._deliver(bot, entry)
        counts = Counter(bot for bot, _ in entries)
        self._directory.heard((bot for bot in bots if counts[bot] < READ_AT_MOST), began)

    async def _deliver(self, bot: BotId, entry: Entry) -> None:
        message = FromStream(id=entry.id, event=entry.event)
        while (session := self._directory.session(Address(bot, entry.event.user))) is not None:
            try:
                await session.send(message)
            except ActorDeadError:
                continue  # it was passivated this very moment: the directory activates another
            return

    def _acknowledge(self) -> None:
        if self.dead:
            return  # `on_stop` has done it; after a kill they are read again
        done, self._done = self._done, {}
        for bot, ids in done.items():
            self.work(self._acknowledge_at(bot, ids))

    async def _acknowledge_at(self, bot: BotId, ids: list[str]) -> None:
        try:
            await self._stream.acknowledge(bot, ids)
        except Unavailable as error:
            logger.warning("%d events of bot %d could not be acknowledged and will be read again: %s", len(ids), bot, error)
