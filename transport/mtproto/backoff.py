"""Exponential back-off with jitter: how long to wait before the next try."""

from __future__ import annotations

from random import SystemRandom


class Backoff:
    """The limit doubles from `first` to `most` seconds. Each pause is random between half the limit and the limit, so that many
    bots do not reconnect at the same time.
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
