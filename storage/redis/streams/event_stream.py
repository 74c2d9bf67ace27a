"""The bots' event streams (domain.ports.streams.EventStream): at least once, in order, kept until acknowledged.

A stream has one reader: the process that has the bot's lease. What is acknowledged is deleted, so the stream is what is not done.
A new reader begins with the first entry and then goes on behind the last one that it read. Reading and acknowledging check the
lease in the same step, so a former owner reads nothing and deletes nothing. Waiting is apart from reading: it only listens
whether something new is there, and may be cancelled at any moment.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from domain.model.bot import Lease
from domain.model.events import READ_AT_MOST, Entry, Event
from domain.model.ids import BotId
from storage.redis.client import ANSWER_SECONDS, Client, text_of, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Call, Scripts, script
from storage.redis.streams.event_codec import UnknownEntryError, decode
from storage.redis.streams.event_writer import EventWriter
from storage.redis.streams.unreadable_events import EventsAside, RawEntry

AGAIN_SECONDS = 30.0
"""What was not acknowledged for so long is read again."""

LONGEST_WAIT = ANSWER_SECONDS / 2
LOOK_AT_ALL_SECONDS = 1.0
"""A server that lost its memory, or whose clock went back, may have news that does not look new."""

START, END = b"0-0", b"+"


class Page(NamedTuple):
    """Entries behind `after`, `until` included."""

    after: bytes
    until: bytes


@dataclass(slots=True)
class Reading:
    """How far we are with one bot."""

    began: float
    """Loop time, as all here."""
    cursor: bytes = START
    """The last entry that was read."""
    more: bool = True
    """There may be entries that need not be waited for."""
    repeating: bytes | None = None
    """How far the repeat of what is overdue has come; None where none is under way."""
    repeated_at: float = field(init=False)
    overdue: bytes = START
    """What was read up to here was read `AGAIN_SECONDS` ago."""
    read: deque[tuple[float, bytes]] = field(default_factory=deque)
    """When it was read up to which entry, behind what is overdue."""

    def __post_init__(self) -> None:
        self.repeated_at = self.began

    @property
    def begins(self) -> bool:
        return self.cursor == START and self.more

    def next_page(self, at: float) -> Page:
        """What is overdue comes before what is new, so that nothing overtakes it."""
        if self.repeating is None and at - self.repeated_at >= AGAIN_SECONDS:
            self.repeated_at = at
            while self.read and self.read[0][0] <= at - AGAIN_SECONDS:
                _, self.overdue = self.read.popleft()
            if self.overdue != START:
                self.repeating = START
        return Page(self.cursor, END) if self.repeating is None else Page(self.repeating, self.overdue)

    def note(self, page: Page, after: bytes, entries: Sequence[RawEntry], at: float) -> None:
        """What was read of that page, and behind which entry: behind another one where the server lost the stream."""
        full = len(entries) >= READ_AT_MOST
        last = entries[-1][0] if entries else after
        if page.until != END:
            self.repeating, self.more = last if full else None, True
            return
        if after != page.after:
            self.read.clear()
            self.overdue = START
        if entries:
            self.read.append((at, last))
        self.cursor, self.more = last, full


class RedisEventStream:
    def __init__(self, client: Client, keys: Keys, *, owner: str) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._owner = owner
        self._aside = EventsAside(client, keys, self._scripts, owner)
        self._writer = EventWriter(self._scripts, owner)
        self._readings: dict[BotId, Reading] = {}
        self._looked_at_all = float("-inf")

    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None:
        await self._writer.append(bot, event, lease)

    async def recover(self) -> None:
        await self._writer.recover()

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        """A bot that was not asked for in the last call is begun anew: its lease may have been elsewhere meanwhile."""
        if not bots:
            return []
        at = get_running_loop().time()
        self._readings = {bot: self._readings.get(bot) or Reading(at) for bot in bots}
        entries = await self._read_on(list(self._readings) if wait <= 0 else self._due())
        if entries or wait <= 0:
            return entries
        return await self._read_on(await self._with_news(min(wait, LONGEST_WAIT)))

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None:
        if ids:
            await self._writer.acknowledge(bot, ids)

    def _due(self) -> list[BotId]:
        """Bots to be looked at whether or not there is news: now and then all."""
        at = get_running_loop().time()
        if at - self._looked_at_all >= LOOK_AT_ALL_SECONDS:
            self._looked_at_all = at
            return list(self._readings)
        return [bot for bot, reading in self._readings.items() if reading.more]

    async def _read_on(self, bots: Sequence[BotId]) -> list[tuple[BotId, Entry]]:
        """Where an answer is lost on its way, what it held is read again: these bots begin anew."""
        if not bots:
            return []
        at = get_running_loop().time()
        readings = {bot: self._readings.pop(bot) for bot in bots}
        for bot in [bot for bot, reading in readings.items() if reading.begins]:
            await self._aside.take_up(bot)
        pages = {bot: reading.next_page(at) for bot, reading in readings.items()}
        replies = await self._scripts.run_all([self._reading(bot, page) for bot, page in pages.items()])
        entries: list[tuple[BotId, Entry]] = []
        for (bot, page), reply in zip(pages.items(), replies, strict=True):
            if reply is None:
                readings[bot] = Reading(at)
            else:
                after, raw = reply
                readings[bot].note(page, after, raw, at)
                entries += [(bot, entry) for entry in await self._understood(bot, raw)]
        self._readings |= readings
        return entries

    def _reading(self, bot: BotId, page: Page) -> Call:
        return Call(script("streams/read"), (REDIS_TIME, bot, self._owner, page.after, page.until, READ_AT_MOST))

    async def _understood(self, bot: BotId, raw: Sequence[RawEntry]) -> list[Entry]:
        entries = []
        for id_, flat in raw:
            try:
                event = decode(dict(zip(flat[::2], flat[1::2], strict=True)))
            except UnknownEntryError as error:
                await self._aside.put(bot, id_, flat, error)
            else:
                entries.append(Entry(id=id_.decode(), event=event))
        return entries

    async def _with_news(self, wait: float) -> list[BotId]:
        after: dict[Any, Any] = {self._keys.events(bot): reading.cursor for bot, reading in self._readings.items()}
        with translated(self._client):
            news: Any = await self._client.xread(after, count=1, block=max(1, round(wait * 1000)))
        streams = {text_of(stream) for stream, _ in news or ()}
        return [bot for bot in self._readings if self._keys.events(bot) in streams]
