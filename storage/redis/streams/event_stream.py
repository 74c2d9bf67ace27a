"""The bots' event streams (domain.ports.streams.EventStream): at least once, in order, kept until acknowledged.

A stream has one reader: the process that has the bot's lease. An acknowledged entry is deleted, so a stream holds only what is
not done. A new reader begins with the first entry and then reads on behind the last one. Reading and acknowledging check the
lease in the same script, so a former owner reads nothing and deletes nothing. Waiting for news is apart from reading, and may be
cancelled at any moment.
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
from storage.redis.scripts import REDIS_TIME, Call, Scripts, milliseconds, script
from storage.redis.streams.event_codec import UnknownEntryError, decode
from storage.redis.streams.event_writer import EventWriter
from storage.redis.streams.parked_events import ParkedEvents, RawEntry

REPEAT_SECONDS = 30.0
"""An entry that was not acknowledged for so long is read again."""

LONGEST_WAIT = ANSWER_SECONDS / 2
LOOK_AT_ALL_SECONDS = 1.0
"""Every bot is read so often, news or not: where the server lost its memory or its clock went back, a new entry may have a lower
id than the last one read, and XREAD does not report it."""

START, END = b"0-0", b"+"


class Page(NamedTuple):
    """The entries behind `after`, up to and including `until`."""

    after: bytes
    until: bytes


@dataclass(slots=True)
class Reader:
    """How far this process has read one bot's stream. Times are seconds of the event loop's clock."""

    began: float
    cursor: bytes = START
    """The last entry that was read."""
    more: bool = True
    """Whether there may be entries that need no waiting."""
    repeat_cursor: bytes | None = None
    """The last entry that was read again; None where no repeat is going on."""
    repeated_at: float = field(init=False)
    overdue: bytes = START
    """Entries up to this one were read more than `REPEAT_SECONDS` ago."""
    read: deque[tuple[float, bytes]] = field(default_factory=deque)
    """(when, last entry) of each page read since `overdue`."""

    def __post_init__(self) -> None:
        self.repeated_at = self.began

    @property
    def is_new(self) -> bool:
        return self.cursor == START and self.more

    def next_page(self, at: float) -> Page:
        """Overdue entries come before new ones, so that nothing overtakes them."""
        if self.repeat_cursor is None and at - self.repeated_at >= REPEAT_SECONDS:
            self.repeated_at = at
            while self.read and self.read[0][0] <= at - REPEAT_SECONDS:
                _, self.overdue = self.read.popleft()
            if self.overdue != START:
                self.repeat_cursor = START
        return Page(self.cursor, END) if self.repeat_cursor is None else Page(self.repeat_cursor, self.overdue)

    def advance(self, page: Page, after: bytes, entries: Sequence[RawEntry], at: float) -> None:
        """`entries` were read for `page`. They were read behind `after`, which is not `page.after` where the server lost the
        stream.
        """
        full = len(entries) >= READ_AT_MOST
        last = entries[-1][0] if entries else after
        if page.until != END:
            self.repeat_cursor, self.more = last if full else None, True
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
        self._parked = ParkedEvents(client, keys, self._scripts, owner)
        self._writer = EventWriter(self._scripts, owner)
        self._readers: dict[BotId, Reader] = {}
        self._looked_at_all = float("-inf")

    async def append(self, bot: BotId, event: Event, lease: Lease | None = None) -> None:
        await self._writer.append(bot, event, lease)

    async def recover(self) -> None:
        await self._writer.recover()

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        """A bot that was not in the last call is read from its first entry: its lease may have been elsewhere meanwhile."""
        if not bots:
            return []
        at = get_running_loop().time()
        self._readers = {bot: self._readers.get(bot) or Reader(at) for bot in bots}
        entries = await self._read_on(list(self._readers) if wait <= 0 else self._due())
        if entries or wait <= 0:
            return entries
        return await self._read_on(await self._wait_for_news(min(wait, LONGEST_WAIT)))

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None:
        if ids:
            await self._writer.acknowledge(bot, ids)

    def _due(self) -> list[BotId]:
        """The bots to read without waiting for news."""
        at = get_running_loop().time()
        if at - self._looked_at_all >= LOOK_AT_ALL_SECONDS:
            self._looked_at_all = at
            return list(self._readers)
        return [bot for bot, reader in self._readers.items() if reader.more]

    async def _read_on(self, bots: Sequence[BotId]) -> list[tuple[BotId, Entry]]:
        """The readers are put back only after the answer. Where it is lost, these bots are read from the first entry again."""
        if not bots:
            return []
        at = get_running_loop().time()
        readers = {bot: self._readers.pop(bot) for bot in bots}
        for bot in [bot for bot, reader in readers.items() if reader.is_new]:
            await self._parked.unpark(bot)
        pages = {bot: reader.next_page(at) for bot, reader in readers.items()}
        replies = await self._scripts.run_all([self._call(bot, page) for bot, page in pages.items()])
        entries: list[tuple[BotId, Entry]] = []
        for (bot, page), reply in zip(pages.items(), replies, strict=True):
            if reply is None:
                readers[bot] = Reader(at)
            else:
                after, raw = reply
                readers[bot].advance(page, after, raw, at)
                entries += [(bot, entry) for entry in await self._decoded(bot, raw)]
        self._readers |= readers
        return entries

    def _call(self, bot: BotId, page: Page) -> Call:
        return Call(script("streams/read"), (REDIS_TIME, bot, self._owner, page.after, page.until, READ_AT_MOST))

    async def _decoded(self, bot: BotId, raw: Sequence[RawEntry]) -> list[Entry]:
        entries = []
        for id_, flat in raw:
            try:
                event = decode(dict(zip(flat[::2], flat[1::2], strict=True)))
            except UnknownEntryError as error:
                await self._parked.park(bot, id_, flat, error)
            else:
                entries.append(Entry(id=id_.decode(), event=event))
        return entries

    async def _wait_for_news(self, wait: float) -> list[BotId]:
        """The bots with new entries, after `wait` seconds at most."""
        after: dict[Any, Any] = {self._keys.events(bot): reader.cursor for bot, reader in self._readers.items()}
        with translated(self._client):
            news: Any = await self._client.xread(after, count=1, block=max(1, milliseconds(wait)))
        streams = {text_of(stream) for stream, _ in news or ()}
        return [bot for bot in self._readers if self._keys.events(bot) in streams]
