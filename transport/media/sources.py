"""The bots of one process as sources of files: one bot reads the files of another through this."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Protocol

from domain.model.content import FileRef, Media
from domain.model.ids import BotId, MessageId

STRIPPED_AT_ONCE = 4
"""Files of one process that are whole in memory, to be cleaned."""


class Source(Protocol):
    """A bot that has files (`transport/media/files.py`). Raises RPCError or OSError."""

    def parts(self, file: FileRef) -> AsyncGenerator[bytes, None]: ...

    async def post(self, media: Media) -> MessageId: ...


class FileSources:
    def __init__(self) -> None:
        self.stripping = asyncio.Semaphore(STRIPPED_AT_ONCE)
        """Held for each file that is whole in memory."""
        self._sources: dict[BotId, Source] = {}
        self._joined = asyncio.Event()

    def join(self, bot: BotId, source: Source) -> None:
        self._sources[bot] = source
        self._joined.set()

    def leave(self, bot: BotId, source: Source) -> None:
        """No effect if a newer connection of that bot has joined meanwhile."""
        if self._sources.get(bot) is source:
            del self._sources[bot]

    async def source(self, bot: BotId, seconds: float) -> Source | None:
        """The source of a bot's files. None if the bot does not join within `seconds`: another process may serve it."""
        try:
            async with asyncio.timeout(seconds):
                while bot not in self._sources:
                    self._joined.clear()
                    await self._joined.wait()
        except TimeoutError:
            return None
        return self._sources[bot]
