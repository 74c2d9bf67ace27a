"""Which message of one side of a chat is which of the other's (domain.ports.relay.MessageMaps): for each live chat one string of
pairs of message numbers in Redis, which expires. With each pair goes a digest of what was said, by which an edit is known that
changes nothing. The map of a chat that is over stays as long as its partner can be reported: by its numbers the evidence is read
back from Telegram. Nothing else reads it then.

A relay never waits for the store. What is noted stays in memory until a round trip brings it there; what is noted while one is
under way goes together in the next. A `kill -9` loses what was noted since the last one. While Redis is away the newest pairs
of each chat wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import struct
from array import array
from asyncio import Task
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.model.digest import UNKNOWN
from domain.model.ids import ChatId, MessageId
from storage.batches import Batches
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, milliseconds

NUMBER = 8
"""Bytes."""
HALF = 32
"""Bits. Telegram's numbers of messages have as many: the upper half of a pair's second number is the digest, or 0."""
PAIR = 2 * NUMBER
AT_ONCE = 200
"""Chats in one round trip: a fraction of a millisecond's work, here and there."""
PAUSE_SECONDS = 0.1
"""Between two round trips, unless there is a full one to make. A process that dies loses what was noted in that time."""
RETRY_SECONDS = 2.0
"""Where the store is away."""

logger = logging.getLogger(__name__)


class RedisMessageMaps:
    """`seconds`: how long a map is kept after it last grew; longer than a chat may stay silent."""

    def __init__(self, client: Client, keys: Keys, live: LiveConfiguration, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._live = live
        self._kept_ms = milliseconds(seconds)
        self._noted: dict[ChatId, array[int]] = {}
        """By chat, the numbers to add to its map: of the first side, of the second with the digest, of the first, …"""
        self._over: set[ChatId] = set()
        """Of those: which chats are over."""
        self._in_flight: dict[ChatId, array[int]] = {}
        self._round_trip: Task[Unavailable | None] | None = None
        self._writer: Task[None] | None = None
        self._loads: Batches[ChatId, bytes | None] = Batches(self._read)

    def note(self, chat: ChatId, first: MessageId, second: MessageId, digest: int = UNKNOWN) -> None:
        numbers = self._noted.get(chat)
        if numbers is None:
            numbers = self._noted[chat] = array("q")
        elif len(numbers) >= self._most:
            del numbers[: self._most // 2]
        numbers.append(first)
        numbers.append(digest << HALF | second)
        self._write_soon()

    def over(self, chat: ChatId) -> None:
        self._noted.setdefault(chat, array("q"))
        self._over.add(chat)
        self._write_soon()

    async def flush(self, chat: ChatId | None = None) -> None:
        while self._waits(chat):
            error = await self._write()
            if error is not None:
                raise error

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId, int]]:
        waiting = self._in_flight.get(chat), self._noted.get(chat)
        numbers = _unpacked(await self._loads.ask(chat) or b"")
        for later in waiting:
            numbers.extend(later or ())
        return list(_in_pairs(numbers))

    async def aclose(self) -> None:
        """Writes what is left, if the store can be reached."""
        if self._writer is not None:
            self._writer.cancel()
        try:
            await self.flush()
        except Unavailable as error:
            logger.warning("replies to the last messages of %d chats are forgotten: %s", len(self._noted), error)

    @property
    def _most(self) -> int:
        """Numbers of one chat that wait at most: twice what is of use."""
        return 4 * self._live.current.chat.mapped_messages

    def _waits(self, chat: ChatId | None) -> bool:
        if chat is None:
            return bool(self._noted or self._in_flight)
        return chat in self._noted or chat in self._in_flight

    def _write_soon(self) -> None:
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._noted:
            error = await self._write()
            if error is not None:
                logger.warning("message maps of %d chats wait for the store: %s", len(self._noted), error)
                await asyncio.sleep(RETRY_SECONDS)
            elif len(self._noted) < AT_ONCE:
                await asyncio.sleep(PAUSE_SECONDS)

    async def _write(self) -> Unavailable | None:
        """One round trip. Whoever wants one while one is under way waits for that one."""
        if self._round_trip is None or self._round_trip.done():
            self._in_flight = dict(islice(self._noted.items(), AT_ONCE))
            for chat in self._in_flight:
                del self._noted[chat]
            over = self._over & self._in_flight.keys()
            self._over -= over
            self._round_trip = asyncio.get_running_loop().create_task(self._write_batch(self._in_flight, over))
        return await asyncio.shield(self._round_trip)

    async def _write_batch(self, batch: Mapping[ChatId, array[int]], over: set[ChatId]) -> Unavailable | None:
        flat = [each for chat, numbers in batch.items() for each in (chat, _packed(numbers), int(chat in over))]
        useful = self._live.current.chat.mapped_messages * PAIR
        after_the_end = milliseconds(self._live.current.trust.report_minutes * 60)
        try:
            await self._scripts.run("maps_keep", REDIS_TIME, useful, self._kept_ms, after_the_end, *flat)
        except Unavailable as error:
            self._take_back(batch)
            self._over |= over
            return error
        except Exception as error:
            logger.error("message maps of %d chats could not be written and are forgotten", len(batch), exc_info=error)
        finally:
            self._in_flight = {}
        return None

    def _take_back(self, batch: Mapping[ChatId, array[int]]) -> None:
        """Puts it before what was noted meanwhile."""
        for chat, numbers in batch.items():
            later = self._noted.get(chat)
            if later is None:
                self._noted[chat] = numbers
            else:
                later[:0] = numbers
                del later[: -self._most]

    async def _read(self, chats: Sequence[ChatId]) -> list[bytes | None]:
        with translated(self._client):
            found: Any = await self._client.mget([self._keys.map(chat) for chat in chats])
        return list(found)


def _packed(numbers: array[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}q", *numbers)


def _unpacked(data: bytes) -> array[int]:
    return array("q", struct.unpack(f"<{len(data) // NUMBER}q", data))


def _in_pairs(numbers: array[int]) -> Iterator[tuple[MessageId, MessageId, int]]:
    for at in range(0, len(numbers), 2):
        second, digest = numbers[at + 1] & ((1 << HALF) - 1), numbers[at + 1] >> HALF
        yield MessageId(numbers[at]), MessageId(second), digest
