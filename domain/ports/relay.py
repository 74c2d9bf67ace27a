"""What relaying remembers: which message is which on the other side, and a bot's own ids of files."""

from __future__ import annotations

from typing import Protocol

from domain.model.content import FileRef
from domain.model.digest import UNKNOWN
from domain.model.ids import BotId, ChatId, MessageId, UserId


class MessageMaps(Protocol):
    """For each chat, which message of the first member is which message of the second. Replies and edits need it. Raises
    `domain.errors.Unavailable`.
    """

    def note(self, chat: ChatId, first: MessageId, second: MessageId, digest: int = UNKNOWN) -> None:
        """In memory; written a moment later without anybody waiting for it. `digest`: of what was said (`domain.model.digest`).
        After an edit the pair is noted again, with another digest.
        """
        ...

    def over(self, chat: ChatId) -> None:
        """The chat is over: its map is kept as long as its partner can be reported (`trust.report_minutes`), and not longer."""
        ...

    async def flush(self, chat: ChatId | None = None) -> None:
        """Write what was noted, of that chat or of all. What cannot be written is tried again later."""
        ...

    async def load(self, chat: ChatId) -> list[tuple[MessageId, MessageId, int]]:
        """The last pairs, each with its digest, oldest first; also those that are not written yet. A pair may come twice: the
        later one has the digest of now.
        """
        ...


class EarlierForms(Protocol):
    """What edited messages of a chat said before, sealed: the last 20. Kept as long as the chat's message map. Raises
    `domain.errors.Unavailable`.
    """

    async def keep(self, chat: ChatId, recipient: UserId, message: MessageId, text: str) -> None:
        """`message`: the number of the copy that `recipient` has."""
        ...

    async def load(self, chat: ChatId) -> dict[tuple[UserId, MessageId], tuple[str, ...]]:
        """(recipient, the recipient's number) → the texts before each edit, the oldest first."""
        ...


class Files(Protocol):
    """Files that a bot has got from another bot, by its own ids of them. Raises `domain.errors.Unavailable`."""

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None: ...

    async def put(self, file: FileRef) -> None:
        """Stored under `file.bot` and `file.unique_id`."""
        ...
