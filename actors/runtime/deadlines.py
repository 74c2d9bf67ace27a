"""Time limits of asks that were not answered at once. All asks with the same limit share one timer and one queue, in the order of
their deadlines: a timer for each would cost more than the ask, and nearly all are answered long before their limit.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections import deque
from typing import Any

import pykka

KEPT = 1024
"""Asks in the queue, beyond which answered ones are removed before their deadline."""

LIMITS = 64
"""Different limits, in seconds, that have a queue kept for them."""


class Deadlines:
    __slots__ = ("_queue", "_seconds", "_sweep_at", "_timer_set", "loop")

    def __init__(self, loop: AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self._seconds = seconds
        self._queue: deque[tuple[float, Future[Any]]] = deque()
        self._sweep_at = KEPT
        self._timer_set = False

    def watch(self, reply: Future[Any]) -> None:
        self._queue.append((self.loop.time() + self._seconds, reply))
        if not self._timer_set:
            self._timer_set = True
            self.loop.call_later(self._seconds, self._expire)
        if len(self._queue) > self._sweep_at:
            self._sweep()

    def _sweep(self) -> None:
        self._queue = deque(entry for entry in self._queue if not entry[1].done())
        self._sweep_at = len(self._queue) * 2 + KEPT

    def _expire(self) -> None:
        now = self.loop.time()
        while self._queue and (self._queue[0][0] <= now or self._queue[0][1].done()):
            _, reply = self._queue.popleft()
            if not reply.done():
                reply.set_exception(pykka.Timeout(f"{self._seconds} seconds"))
        self._timer_set = bool(self._queue)
        if self._timer_set:
            self.loop.call_at(self._queue[0][0], self._expire)


_by_seconds: dict[float, Deadlines] = {}


def limit(reply: Future[Any], loop: AbstractEventLoop, seconds: float) -> None:
    """Fail `reply` with pykka.Timeout if it is not done in `seconds`."""
    deadlines = _by_seconds.get(seconds)
    if deadlines is None or deadlines.loop is not loop:
        if len(_by_seconds) >= LIMITS:
            _by_seconds.clear()  # their timers still run
        deadlines = _by_seconds[seconds] = Deadlines(loop, seconds)
    deadlines.watch(reply)
