"""A semaphore whose number of places may change while some of them are taken."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import Callable


class ResizableSemaphore:
    """At most `limit()` at the same time, first come, first served. `fill` is called when the limit may have grown. One that
    shrinks puts nobody out: places are given again once enough of them are free.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self._limit = limit
        self._taken = 0
        self._waiting: deque[Future[None]] = deque()

    def fill(self) -> None:
        while self._waiting and self._taken < self._limit():
            waiter = self._waiting.popleft()
            if not waiter.done():
                self._taken += 1
                waiter.set_result(None)

    async def __aenter__(self) -> None:
        waiter: Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        self.fill()
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._leave()
            raise

    async def __aexit__(self, *_error: object) -> None:
        self._leave()

    def _leave(self) -> None:
        self._taken -= 1
        self.fill()
