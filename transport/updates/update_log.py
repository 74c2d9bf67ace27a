"""Where a bot stands in one numbered log of Telegram's (`pts`, or `qts`). Pure: no I/O, no clock.

An update with place `p` and count `c` covers the places p-c+1 .. p. It is *next* when it begins right behind the head; what
begins later leaves a gap, what ends at or before the head was taken already. The bot's own messages take places too: they are
learnt from the answers to its calls, in any order.

An update is confirmed by its *key*, which stays the same when it comes again (`transport/updates/reading.py`). A slice of a
difference is one unit: its updates have no places of their own, so its end is confirmed once all of them are.

*Invariant*: the head rises over contiguous places, or to the end of a slice; `confirmed` never passes an update that was taken
and not confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, auto
from heapq import heappop, heappush


class Verdict(Enum):
    NEXT = auto()
    DUPLICATE = auto()
    GAP = auto()


class UpdateLog:
    def __init__(self, head: int) -> None:
        self.head = head
        """The last place taken."""
        self._open: dict[int, int] = {}
        """Updates taken and not confirmed, oldest first: key → the head before it, or before the slice that it came in."""
        self._own: list[tuple[int, int]] = []
        """A heap of (place before, place) of own messages ahead of the head."""

    @property
    def confirmed(self) -> int:
        """Up to here everything is done: where a successor must begin."""
        return next(iter(self._open.values()), self.head)

    @property
    def open(self) -> int:
        """How many updates were taken and are not confirmed."""
        return len(self._open)

    def judge(self, place: int, count: int) -> Verdict:
        if place - count == self.head:
            return Verdict.NEXT
        return Verdict.GAP if place - count > self.head else Verdict.DUPLICATE

    def take(self, place: int, key: int) -> None:
        """Move the head to an update that is to be confirmed later."""
        if place > self.head:
            self._open.setdefault(key, self.head)
            self.head = place
            self._absorb()

    def take_slice(self, keys: Iterable[int], end: int) -> None:
        """Move the head to the end of a slice of a difference; all its updates are to be confirmed later, in any order."""
        for key in keys:
            self._open.setdefault(key, self.head)
        self.jump(end)

    def own(self, place: int, count: int) -> None:
        """A message of the bot's own: nothing to confirm."""
        if place > self.head:
            heappush(self._own, (place - count, place))
            self._absorb()

    def jump(self, place: int) -> None:
        """Telegram has told everything up to here; nothing of it is left to take."""
        self.head = max(self.head, place)
        self._absorb()

    def rewind(self, place: int) -> None:
        """The log was begun anew by its owner: forget all of the old one."""
        self._open.clear()
        self._own.clear()
        self.head = place

    def confirm(self, key: int) -> None:
        """Repeats and unknown keys are no matter."""
        self._open.pop(key, None)

    def _absorb(self) -> None:
        while self._own and self._own[0][0] <= self.head:
            self.head = max(self.head, heappop(self._own)[1])
