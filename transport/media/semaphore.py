"""A semaphore whose limit may change while it is in use."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import deque
from collections.abc import Callable


class ResizableSemaphore:
    """At most `limit()` holders at a time, first come, first served. Call `fill` when the limit may have grown. If it shrinks,
    holders stay, and nobody new enters until there are fewer holders than the limit.
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
