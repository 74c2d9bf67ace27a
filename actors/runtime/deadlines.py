"""Time limits of asks that were not answered at once. Nearly all are answered long before, so a timer each would cost more than
the ask: all asks with the same limit share one timer and stand in one queue, which their deadlines leave in order.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections import deque
from typing import Any

import pykka

KEPT = 1024
"""Answered asks that may stay in the queue before they are swept out."""

LIMITS = 64
"""Different limits remembered."""


class Deadlines:
    __slots__ = ("_armed", "_queue", "_seconds", "_sweep_at", "loop")

    def __init__(self, loop: AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self._seconds = seconds
        self._queue: deque[tuple[float, Future[Any]]] = deque()
        self._sweep_at = KEPT
        self._armed = False

    def watch(self, reply: Future[Any]) -> None:
        self._queue.append((self.loop.time() + self._seconds, reply))
        if not self._armed:
            self._armed = True
            self.loop.call_later(self._seconds, self._ring)
        if len(self._queue) > self._sweep_at:
            self._sweep()

    def _sweep(self) -> None:
        self._queue = deque(entry for entry in self._queue if not entry[1].done())
        self._sweep_at = len(self._queue) * 2 + KEPT

    def _ring(self) -> None:
        now = self.loop.time()
        while self._queue and (self._queue[0][0] <= now or self._queue[0][1].done()):
            _, reply = self._queue.popleft()
            if not reply.done():
                reply.set_exception(pykka.Timeout(f"{self._seconds} seconds"))
        self._armed = bool(self._queue)
        if self._armed:
            self.loop.call_at(self._queue[0][0], self._ring)


_by_seconds: dict[float, Deadlines] = {}


def limit(reply: Future[Any], loop: AbstractEventLoop, seconds: float) -> None:
    """Fail `reply` with pykka.Timeout if it is not done in `seconds`."""
    deadlines = _by_seconds.get(seconds)
    if deadlines is None or deadlines.loop is not loop:
        if len(_by_seconds) >= LIMITS:
            _by_seconds.clear()  # the old ones still ring
        deadlines = _by_seconds[seconds] = Deadlines(loop, seconds)
    deadlines.watch(reply)
