"""How long to wait before the next try."""

from __future__ import annotations

from random import SystemRandom


class Backoff:
    """Doubles from `first` to `most` seconds; each pause is drawn from its upper half, so that many bots do not come back
    all at once.
    """

    def __init__(self, *, first: float, most: float) -> None:
        self._first = first
        self._most = most
        self._next = first
        self._random = SystemRandom()

    def pause(self) -> float:
        seconds = self._next
        self._next = min(self._most, seconds * 2)
        return self._random.uniform(seconds / 2, seconds)

    def reset(self) -> None:
        self._next = self._first
