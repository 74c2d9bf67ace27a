"""Which message of one side of a chat is which of the other's, noted at once and kept a little later
(domain.ports.relay.MessageMaps).

A relay never waits for a store: what is noted stays in memory until the next `flush`, which brings all chats of the process there
together. A `kill -9` loses what was noted since.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Protocol

from domain.configuration import LiveConfiguration
from domain.model.ids import ChatId, MessageId

AT_ONCE = 200
"""Chats in one call: a fraction of a millisecond's work, here and there."""


class Shelf(Protocol):
    async def keep(self, pairs: Mapping[ChatId, array[int]]) -> None:
        """What is added to the maps of these chats. Nothing added: the chat is over. Raises `domain.errors.Unavailable`."""
        ...

    async def load(self, chat: ChatId) -> array[int]: ...


class MessageLedger:
    def __init__(self, shelf: Shelf, live: LiveConfiguration) -> None:
        self._shelf = shelf
        self._live = live
        self._noted: dict[ChatId, array[int]] = {}
        self._on_the_way: dict[ChatId, array[int]] = {}
        self._flushing = asyncio.Lock()

    def note(self, chat: ChatId, first: MessageId, second: MessageId) -> None:
        numbers = self._noted.get(chat)
        if numbers is None:
            numbers = self._noted[chat] = array("q")
        elif len(numbers) >= self._most:
            del numbers[: self._most // 2]
        numbers.append(first)
        numbers.append(second)

    @property
    def _most(self) -> int:
        """Numbers of one chat that wait at most, where the store is away for long: twice what is of use."""
        return 4 * self._live.current.chat.mapped_messages

    def forget(self, chat: ChatId) -> None:
        self._noted[chat] = array("q")

    async def flush(self, chat: ChatId | None = None) -> None:
        if chat is not None and chat not in self._noted and chat not in self._on_the_way:
            return
        async with self._flushing:
            self._on_the_way, self._noted = self._noted, {}
            try:
                while part := dict(islice(self._on_the_way.items(), AT_ONCE)):
                    await self._shelf.keep(part)
                    for kept in part:
                        del self._on_the_way[kept]
            finally:
                self._take_back()

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId]]:
        """Also what is not kept yet."""
        before = self._on_the_way.get(chat), self._noted.get(chat)
        kept = await self._shelf.load(chat)
        for numbers in before:
            kept.extend(numbers or ())
        return list(_in_pairs(kept))

    def _take_back(self) -> None:
        """What could not be kept, before what was noted meanwhile."""
        left, self._on_the_way = self._on_the_way, {}
        for chat, numbers in left.items():
            later = self._noted.get(chat)
            if later is None:
                self._noted[chat] = numbers
            elif later:
                later[:0] = numbers


def _in_pairs(numbers: array[int]) -> Iterator[tuple[MessageId, MessageId]]:
    for at in range(0, len(numbers), 2):
        yield MessageId(numbers[at]), MessageId(numbers[at + 1])
