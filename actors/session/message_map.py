"""Which message of mine is which of my partner's, for replies and edits, and what mine said, for edits that change nothing."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from domain.model.digest import UNKNOWN
from domain.model.ids import MessageId

ENTRY = 3
"""Numbers of a pair: mine, theirs, and the digest of what was said (`domain.model.digest`)."""


class MessageMap:
    """The last pairs of one chat, either side's messages alike. One array: 12 bytes a pair, since Telegram numbers messages with
    32 bits, and a digest has as many. A search of a few hundred is quick, and a dictionary is large where 100,000 sessions live
    in one process.
    """

    __slots__ = ("_numbers",)

    def __init__(self) -> None:
        self._numbers: array[int] | None = None
        """None until there is one."""

    def __len__(self) -> int:
        return len(self._numbers or ()) // ENTRY

    def pair(self, mine: MessageId, theirs: MessageId, limit: int, digest: int = UNKNOWN) -> None:
        """Of more than `limit` pairs the oldest are forgotten, a quarter at once."""
        if self._numbers is None:
            self._numbers = array("i")
        surplus = len(self) - limit
        if surplus >= 0:
            del self._numbers[: ENTRY * (surplus + limit // 4 + 1)]
        self._numbers.extend((mine, theirs, digest))

    def theirs(self, mine: MessageId | None) -> MessageId | None:
        at = self._place(mine)
        return MessageId(self._numbers[at + 1]) if self._numbers is not None and at is not None else None

    def digest(self, mine: MessageId) -> int:
        at = self._place(mine)
        return self._numbers[at + 2] if self._numbers is not None and at is not None else UNKNOWN

    def says(self, mine: MessageId, digest: int) -> None:
        """It was edited. Of no effect where it is not known."""
        at = self._place(mine)
        if self._numbers is not None and at is not None:
            self._numbers[at + 2] = digest

    def clear(self) -> None:
        self._numbers = None

    def load(self, older: Iterable[tuple[MessageId, MessageId, int]], limit: int) -> None:
        """Pairs (mine, theirs, digest) from before those known: they go in front."""
        known: dict[int, tuple[int, int]] = {}
        for mine, theirs, digest in (*older, *self._entries()):
            known[mine] = (theirs, digest or known.get(mine, (theirs, UNKNOWN))[1])
        self.clear()
        for mine, (theirs, digest) in known.items():
            self.pair(MessageId(mine), MessageId(theirs), limit, digest)

    def _entries(self) -> Iterable[tuple[int, int, int]]:
        numbers = self._numbers or array("i")
        return list(zip(numbers[::ENTRY], numbers[1::ENTRY], numbers[2::ENTRY], strict=True))

    def _place(self, mine: MessageId | None) -> int | None:
        if mine is None or self._numbers is None:
            return None
        at = -1
        try:
            while (at := self._numbers.index(mine, at + 1)) % ENTRY:
                continue  # one of theirs, or a digest, is that number
        except ValueError:
            return None
        return at
