"""How far a bot has read, and confirmed, one of Telegram's numbered logs (`pts` or `qts`). Pure.

An update with place `p` and count `c` covers the places p-c+1 to p. The head is the last place taken. An update is *next* if it
begins right after the head. One that begins later leaves a gap; any other was taken before. Example: with the head at 10, place
12 with count 2 is next, and place 12 with count 1 leaves a gap. The bot's own messages take places too, which are learnt from
the answers to its calls, in any order.

An update is confirmed by its *key*, which is the same when it comes again (`transport/updates/reading.py`). The messages of a
difference have no places, so a slice of a difference is one unit: its end is confirmed once all its updates are.

*Invariant*: the head only moves over contiguous places or to the end of a slice, and `confirmed` never passes an update that is
taken but not confirmed.
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
        self._open: dict[int, int] = {}
        """Updates taken but not confirmed, oldest first: key → the head before the update or before its slice."""
        self._own: list[tuple[int, int]] = []
        """Heap of the bot's own messages beyond the head, as (place before the message, place of the message)."""

    @property
    def confirmed(self) -> int:
        """The place up to which every update is confirmed: where the next owner of the bot begins."""
        return next(iter(self._open.values()), self.head)

    @property
    def open(self) -> int:
        return len(self._open)

    def judge(self, place: int, count: int) -> Verdict:
        if place - count == self.head:
            return Verdict.NEXT
        return Verdict.GAP if place - count > self.head else Verdict.DUPLICATE

    def take(self, place: int, key: int) -> None:
        """Move the head to this update, which is to be confirmed later."""
        if place > self.head:
            self._open.setdefault(key, self.head)
            self.head = place
            self._absorb()

    def take_slice(self, keys: Iterable[int], end: int) -> None:
        """Move the head to the end of a slice of a difference. Its updates are to be confirmed later, in any order."""
        for key in keys:
            self._open.setdefault(key, self.head)
        self.jump(end)

    def own(self, place: int, count: int) -> None:
        """Register a message of the bot itself. It needs no confirmation."""
        if place > self.head:
            heappush(self._own, (place - count, place))
            self._absorb()

    def jump(self, place: int) -> None:
        """Move the head forward: there is nothing left to take before `place`."""
        self.head = max(self.head, place)
        self._absorb()

    def rewind(self, place: int) -> None:
        """The server began a new log: forget everything about the old one."""
        self._open.clear()
        self._own.clear()
        self.head = place

    def confirm(self, key: int) -> None:
        self._open.pop(key, None)

    def _absorb(self) -> None:
        while self._own and self._own[0][0] <= self.head:
            self.head = max(self.head, heappop(self._own)[1])
