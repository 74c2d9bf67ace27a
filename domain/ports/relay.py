"""What a relay has to remember: which message is which, and a bot's own ids of files."""

from __future__ import annotations

from typing import Protocol

from domain.model.content import FileRef
from domain.model.ids import BotId, ChatId, MessageId


class MessageMaps(Protocol):
    """Which message of a chat's first side is which of its second side's, for whoever replies to it or edits it. Raises
    `domain.errors.Unavailable`.
    """

    def note(self, chat: ChatId, first: MessageId, second: MessageId) -> None:
        """In memory; written a moment later without anybody waiting for it."""
        ...

    def forget(self, chat: ChatId) -> None:
        """The chat is over."""
        ...

    async def flush(self, chat: ChatId | None = None) -> None:
        """Write what was noted, of that chat or of all. What cannot be written is tried again later."""
        ...

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId]]:
        """The last pairs, oldest first; also those that are not written yet. A pair may come twice."""
        ...


class Files(Protocol):
    """Files that a bot got from another, as it knows them itself. Raises `domain.errors.Unavailable`."""

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None: ...

    async def put(self, file: FileRef) -> None:
        """By `file.bot` and `file.unique_id`."""
        ...
