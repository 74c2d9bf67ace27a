"""The bots of one process, as those who can hand each other files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from domain.model.content import FileRef, Media
from domain.model.ids import BotId, MessageId


class Source(Protocol):
    """A bot that has a file. Raises what Telegram answers (RPCError), or OSError."""

    def parts(self, file: FileRef) -> AsyncIterator[bytes]: ...

    async def post(self, media: Media) -> MessageId:
        """Put a copy into the media channel."""
        ...


class FileSources:
    def __init__(self) -> None:
        self._sources: dict[BotId, Source] = {}
        self._joined = asyncio.Event()

    def join(self, bot: BotId, source: Source) -> None:
        self._sources[bot] = source
        self._joined.set()

    def leave(self, bot: BotId, source: Source) -> None:
        """Of no effect where another connection of that bot has joined since."""
        if self._sources.get(bot) is source:
            del self._sources[bot]

    async def source(self, bot: BotId, seconds: float) -> Source | None:
        """None for a bot that is served by another process, or by nobody, and does not join within `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while bot not in self._sources:
                    self._joined.clear()
                    await self._joined.wait()
        except TimeoutError:
            return None
        return self._sources[bot]
