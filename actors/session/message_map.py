"""Which message of mine is which of my partner's, for replies and edits."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from domain.configuration import LiveConfiguration
from domain.model.ids import MessageId


class MessageMap:
    """The last `chat.mapped_messages` pairs of one chat, either side's messages alike. Two arrays: 16 bytes a pair, and a search
    of a few hundred is faster than a dictionary is small (50,000 sessions live in one process).
    """

    __slots__ = ("_live", "_mine", "_theirs")

    def __init__(self, live: LiveConfiguration) -> None:
        self._live = live
        self._mine = array("q")
        self._theirs = array("q")

    def __len__(self) -> int:
        return len(self._mine)

    def pair(self, mine: MessageId, theirs: MessageId) -> None:
        limit = self._live.current.chat.mapped_messages
        if len(self._mine) >= limit:
            surplus = len(self._mine) - limit + limit // 4 + 1
            del self._mine[:surplus], self._theirs[:surplus]
        self._mine.append(mine)
        self._theirs.append(theirs)

    def theirs(self, mine: MessageId | None) -> MessageId | None:
        if mine is None:
            return None
        try:
            return MessageId(self._theirs[self._mine.index(mine)])
        except ValueError:
            return None

    def clear(self) -> None:
        del self._mine[:], self._theirs[:]

    def load(self, older: Iterable[tuple[MessageId, MessageId]]) -> None:
        """Pairs (mine, theirs) from before those known: they go in front."""
        known = dict(older) | dict(zip(self._mine, self._theirs, strict=True))
        self.clear()
        for mine, theirs in known.items():
            self.pair(MessageId(mine), MessageId(theirs))
