"""What relaying remembers: which message is which on the other side, and a bot's own ids of files."""

from __future__ import annotations

from typing import Protocol

from domain.model.content import FileRef
from domain.model.digest import UNKNOWN
from domain.model.ids import BotId, ChatId, MessageId


class MessageMaps(Protocol):
    """For each chat, which message of the first member is which message of the second. Replies and edits need it. Raises
    `domain.errors.Unavailable`.
    """

    def note(self, chat: ChatId, first: MessageId, second: MessageId, digest: int = UNKNOWN) -> None:
        """In memory; written a moment later without anybody waiting for it. `digest`: of what was said (`domain.model.digest`).
        After an edit the pair is noted again, with another digest.
        """
        ...

    def forget(self, chat: ChatId) -> None:
        """Delete the map of a chat that is over."""
        ...

    async def flush(self, chat: ChatId | None = None) -> None:
        """Write what was noted, of that chat or of all. What cannot be written is tried again later."""
        ...

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId, int]]:
        """The last pairs, each with its digest, oldest first; also those that are not written yet. A pair may come twice: the
        later one has the digest of now.
        """
        ...


class Files(Protocol):
    """Files that a bot has got from another bot, by its own ids of them. Raises `domain.errors.Unavailable`."""

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None: ...

    async def put(self, file: FileRef) -> None:
        """Stored under `file.bot` and `file.unique_id`."""
        ...
