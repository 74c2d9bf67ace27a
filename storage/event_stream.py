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
from domain.values import BotId
from storage.event_codec import UnknownEntryError, decode
from storage.event_writer import EventWriter
from storage.events_aside import EventsAside, RawEntry
from storage.keys import Keys
from storage.redis_client import ANSWER_SECONDS, Client, translated
from storage.scripts import REDIS_TIME, Argument, Call, Scripts, milliseconds, script

AGAIN_SECONDS = 30.0
"""What was not acknowledged for so long is handed out again."""

LONGEST_WAIT = ANSWER_SECONDS / 2

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


class RedisEventStream:
    def __init__(self, client: Client, keys: Keys, *, owner: str) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._owner = owner
        self._aside = EventsAside(client, keys, self._scripts, owner)
        self._writer = EventWriter(self._scripts, owner)
        self._readings: dict[BotId, Reading] = {}

    async def append(self, bot: BotId, event: Event) -> None:
        await self._writer.append(bot, event)

    async def read(self, bots: Sequence[BotId], *, wait: float) -> list[tuple[BotId, Entry]]:
        """A bot that was not asked for in the last call is begun anew: its lease may have been elsewhere meanwhile."""
        if not bots:
            return []
        self._readings = {bot: self._readings.get(bot) or Reading() for bot in bots}
        entries = await self._collect()
        if entries or wait <= 0 or not await self._something_new(min(wait, LONGEST_WAIT)):
            return entries
        return await self._collect()

    async def acknowledge(self, bot: BotId, ids: Sequence[str]) -> None:
        if ids:
            await self._writer.acknowledge(bot, ids)

    async def _collect(self) -> list[tuple[BotId, Entry]]:
        """Where an answer is lost on its way, what it handed out is asked for again: all begin anew."""
        readings, self._readings = self._readings, {}
        for bot in [bot for bot, reading in readings.items() if reading.claimed_at is None]:
            await self._aside.take_up(bot)
        at = get_running_loop().time()
        replies = await self._scripts.run_all([_collecting(bot, self._owner, reading, at) for bot, reading in readings.items()])
        entries: list[tuple[BotId, Entry]] = []
        for (bot, reading), reply in zip(readings.items(), replies, strict=True):
            if reply is not None:
                reading.newest, raw, reading.claim_from = reply
                entries += [(bot, entry) for entry in await self._understood(bot, raw)]
        self._readings = {
            bot: Reading() if reply is None else reading for (bot, reading), reply in zip(readings.items(), replies, strict=True)
        }
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

    async def _something_new(self, wait: float) -> bool:
        after: dict[Any, Any] = {self._keys.events(bot): reading.newest for bot, reading in self._readings.items()}
        with translated(self._client):
            return bool(await self._client.xread(after, count=1, block=max(1, round(wait * 1000))))


def _collecting(bot: BotId, owner: str, reading: Reading, at: float) -> Call:
    goes_on = reading.claim_from != START
    if not goes_on and (reading.claimed_at is None or at - reading.claimed_at >= AGAIN_SECONDS):
        reading.idle_for = 0 if reading.claimed_at is None else milliseconds(AGAIN_SECONDS)
        reading.claimed_at, goes_on = at, True
    again: Argument = reading.idle_for if goes_on else ""
    return Call(script("events_collect"), (REDIS_TIME, bot, owner, again, READ_AT_MOST, reading.claim_from))
