"""Which message of mine is which of my partner's, for replies and edits."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from domain.model.ids import MessageId


class MessageMap:
    """The last pairs of one chat, either side's messages alike. One array, mine and theirs in turn: 8 bytes a pair, since
    Telegram numbers messages with 32 bits. A search of a few hundred is quick, and a dictionary is large where 100,000 sessions
    live in one process.
    """

    __slots__ = ("_pairs",)

    def __init__(self) -> None:
        self._pairs: array[int] | None = None
        """None until there is one."""

    def __len__(self) -> int:
        return len(self._pairs or ()) // 2

    def pair(self, mine: MessageId, theirs: MessageId, limit: int) -> None:
        """Of more than `limit` pairs the oldest are forgotten, a quarter at once."""
        if self._pairs is None:
            self._pairs = array("i")
        surplus = len(self) - limit
        if surplus >= 0:
            del self._pairs[: 2 * (surplus + limit // 4 + 1)]
        self._pairs.extend((mine, theirs))

    def theirs(self, mine: MessageId | None) -> MessageId | None:
        if mine is None or self._pairs is None:
            return None
        at = -1
        try:
            while (at := self._pairs.index(mine, at + 1)) % 2:
                continue  # one of theirs has that number
        except ValueError:
            return None
        return MessageId(self._pairs[at + 1])

    def clear(self) -> None:
        self._pairs = None

    def load(self, older: Iterable[tuple[MessageId, MessageId]], limit: int) -> None:
        """Pairs (mine, theirs) from before those known: they go in front."""
        newer = self._pairs or array("i")
        known = dict(older) | dict(zip(newer[::2], newer[1::2], strict=True))
        self.clear()
        for mine, theirs in known.items():
            self.pair(MessageId(mine), MessageId(theirs), limit)
