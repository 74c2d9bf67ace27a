"""The bots' event streams (domain.ports.EventStream): at least once, in order, kept until acknowledged.

Each bot's stream has one consumer group; a consumer is a process, named by its leases' owner. Handing out and acknowledging
check the lease in the same step, so a former owner takes nothing and loses nothing. Waiting is apart from taking: it only
listens whether something new is there, and may be cancelled at any moment.
"""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.events import READ_AT_MOST, Entry, Event
from domain.values import BotId, Lease
from storage.event_codec import UnknownEntryError, decode
from storage.event_writer import EventWriter
from storage.events_aside import EventsAside, RawEntry
from storage.keys import Keys
from storage.redis_client import ANSWER_SECONDS, Client, text_of, translated
from storage.scripts import REDIS_TIME, Argument, Call, Scripts, milliseconds, script

AGAIN_SECONDS = 30.0
"""What was not acknowledged for so long is handed out again."""

LONGEST_WAIT = ANSWER_SECONDS / 2
LOOK_AT_ALL_SECONDS = 1.0
"""A server that lost its memory, or whose clock went back, may have news that does not look new."""

START = b"0-0"


@dataclass(slots=True)
class Reading:
    """How far we are with one bot."""

    newest: bytes = START
    claimed_at: float | None = None
    """Loop time; None before the first read, which takes over whatever a former owner left."""
    idle_for: int = 0
    """Milliseconds: who is claimed was handed out at least so long ago."""
    claim_from: bytes = START
    """Anything else where there is more to claim."""
    more: bool = False
    """The last look did not see all."""


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
        self._readings = {bot: self._readings.get(bot) or Reading() for bot in bots}
        entries = await self._collect(list(self._readings) if wait <= 0 else self._due())
        if entries or wait <= 0:
            return entries
        return await self._collect(await self._with_news(min(wait, LONGEST_WAIT)))

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None:
        if ids:
            await self._writer.acknowledge(bot, ids)

    def _due(self) -> list[BotId]:
        """Bots to be looked at whether or not there is news: now and then all."""
        at = get_running_loop().time()
        if at - self._looked_at_all >= LOOK_AT_ALL_SECONDS:
            self._looked_at_all = at
            return list(self._readings)
        return [bot for bot, reading in self._readings.items() if reading.more or reading.claimed_at is None]

    async def _collect(self, bots: Sequence[BotId]) -> list[tuple[BotId, Entry]]:
        """Where an answer is lost on its way, what it handed out is asked for again: these bots begin anew."""
        if not bots:
            return []
        readings = {bot: self._readings.pop(bot) for bot in bots}
        for bot in [bot for bot, reading in readings.items() if reading.claimed_at is None]:
            await self._aside.take_up(bot)
        at = get_running_loop().time()
        replies = await self._scripts.run_all([_collecting(bot, self._owner, reading, at) for bot, reading in readings.items()])
        entries: list[tuple[BotId, Entry]] = []
        for (bot, reading), reply in zip(readings.items(), replies, strict=True):
            if reply is not None:
                reading.newest, raw, reading.claim_from = reply
                reading.more = len(raw) >= READ_AT_MOST or reading.claim_from != START
                entries += [(bot, entry) for entry in await self._understood(bot, raw)]
        for (bot, reading), reply in zip(readings.items(), replies, strict=True):
            self._readings[bot] = Reading() if reply is None else reading
        return entries

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
        after: dict[Any, Any] = {self._keys.events(bot): reading.newest for bot, reading in self._readings.items()}
        with translated(self._client):
            news: Any = await self._client.xread(after, count=1, block=max(1, round(wait * 1000)))
        streams = {text_of(stream) for stream, _ in news or ()}
        return [bot for bot in self._readings if self._keys.events(bot) in streams]


def _collecting(bot: BotId, owner: str, reading: Reading, at: float) -> Call:
    goes_on = reading.claim_from != START
    if not goes_on and (reading.claimed_at is None or at - reading.claimed_at >= AGAIN_SECONDS):
        reading.idle_for = 0 if reading.claimed_at is None else milliseconds(AGAIN_SECONDS)
        reading.claimed_at, goes_on = at, True
    again: Argument = reading.idle_for if goes_on else ""
    return Call(script("events_collect"), (REDIS_TIME, bot, owner, again, READ_AT_MOST, reading.claim_from))
