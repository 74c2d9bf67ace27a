"""The clock of Stars: real time plus what it was moved forward. Forms, pre-checkouts and renewals wait on it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable

from transport.sandbox.world.store import Store

NAME = "clock"


class Timer:
    __slots__ = ("action",)

    def __init__(self, action: Callable[[], None]) -> None:
        self.action: Callable[[], None] | None = action

    def cancel(self) -> None:
        self.action = None


class Clock:
    def __init__(self, store: Store) -> None:
        self._store = store
        known = store.query("SELECT value FROM meta WHERE name = ?", NAME)
        self._offset = float(known[0][0]) if known else 0.0
        self._timers: list[tuple[float, int, Timer]] = []
        self._count = itertools.count()
        self._target = 0.0
        """Where it was moved to last."""
        self._armed: asyncio.TimerHandle | None = None

    def now(self) -> float:
        return time.time() + self._offset

    def at(self, when: float, action: Callable[[], None]) -> Timer:
        """Call `action` when the clock shows `when`, also if it is moved there."""
        timer = Timer(action)
        heapq.heappush(self._timers, (when, next(self._count), timer))
        self._arm()
        return timer

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Call `action` in so many seconds: of a jump that is under way, from its end, because nobody can act during it."""
        return self.at(max(self.now(), self._target) + seconds, action)

    def advance(self, seconds: float) -> None:
        """Move the clock forward. What falls due on the way is done in order, each at its own time."""
        target = self._target = self.now() + seconds
        while self._timers and self._timers[0][0] <= target:
            self._offset += max(0.0, self._timers[0][0] - self.now())
            self._pop()
        self._offset += max(0.0, target - self.now())
        self._store.put("meta", (NAME, self._offset))
        self._arm()

    def close(self) -> None:
        self._timers.clear()
        self._arm()

    def _run(self) -> None:
        while self._timers and self._timers[0][0] <= self.now():
            self._pop()
        self._arm()

    def _pop(self) -> None:
        _, _, timer = heapq.heappop(self._timers)
        if timer.action is not None:
            timer.action()

    def _arm(self) -> None:
        if self._armed is not None:
            self._armed.cancel()
            self._armed = None
        if self._timers:
            delay = max(0.0, self._timers[0][0] - self.now())
            self._armed = asyncio.get_running_loop().call_later(delay, self._run)
