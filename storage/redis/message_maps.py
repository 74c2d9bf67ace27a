"""Message maps in Redis: for each live chat one string of pairs of message numbers, which fades."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from domain.configuration import LiveConfiguration
from domain.model.ids import ChatId
from storage.batches import Batches
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts

NUMBER = 8
"""Bytes."""
PAIR = 2 * NUMBER


class RedisMessageMaps:
    """`seconds`: how long a map is kept after it last grew; longer than a chat may stay silent."""

    def __init__(self, client: Client, keys: Keys, live: LiveConfiguration, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._live = live
        self._kept = round(seconds * 1000)
        self._loads: Batches[ChatId, bytes | None] = Batches(self._read)

    async def keep(self, pairs: Mapping[ChatId, array[int]]) -> None:
        """What is added to the maps of these chats, number after number. Nothing added: the chat is over."""
        flat = [argument for chat, numbers in pairs.items() for argument in (chat, _packed(numbers))]
        useful = self._live.current.chat.mapped_messages * PAIR
        await self._scripts.run("maps_keep", REDIS_TIME, useful, self._kept, *flat)

    async def load(self, chat: ChatId) -> array[int]:
        return _unpacked(await self._loads.ask(chat) or b"")

    async def _read(self, chats: Sequence[ChatId]) -> list[bytes | None]:
        with translated(self._client):
            found: Any = await self._client.mget([self._keys.map(chat) for chat in chats])
        return list(found)


def _packed(numbers: array[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}q", *numbers)


def _unpacked(data: bytes) -> array[int]:
    return array("q", struct.unpack(f"<{len(data) // NUMBER}q", data))
