"""The bots of one process, as those who can hand each other files."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from domain.content import FileRef, Media
from domain.values import BotId, MessageId


class Source(Protocol):
    """A bot that has a file. Raises what Telegram answers (RPCError), or OSError."""

    def parts(self, file: FileRef) -> AsyncIterator[bytes]: ...

    async def post(self, media: Media) -> MessageId:
        """Put a copy into the media channel."""
        ...


class Exchange:
    def __init__(self) -> None:
        self._sources: dict[BotId, Source] = {}

    def join(self, bot: BotId, source: Source) -> None:
        self._sources[bot] = source

    def leave(self, bot: BotId, source: Source) -> None:
        """Of no effect where another connection of that bot has joined since."""
        if self._sources.get(bot) is source:
            del self._sources[bot]

    def source(self, bot: BotId) -> Source | None:
        """None for a bot that is served by another process, or by nobody."""
        return self._sources.get(bot)
