"""A bounded queue with a thread behind it. Whoever puts something in never waits and never fails.

Everything that this program writes to a terminal, a pipe or a log file goes through such a queue, because each of these can
stand still for as long as it likes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

PAUSE_SECONDS = 0.25
"""If nothing comes, `between` is called so often."""

T = TypeVar("T")


class LossyQueue(Generic[T]):
    """What does not fit is lost, and its lines are counted."""

    def __init__(self, name: str, deliver: Callable[[T], None], *, between: Callable[[], None], limit: int) -> None:
        """The thread calls `deliver` for each item, and `between` after each item and in pauses. Neither may raise.

        `limit`: bytes that may wait.
        """
        self._deliver = deliver
        self._between = between
        self._limit = limit
        self._items: deque[tuple[T, int]] = deque()
        self._waiting = 0
        """Bytes, with those that are being delivered."""
        self._lost = 0
        self._closing = False
        self._changed = threading.Condition()  # reentrant: a finalizer may log while its thread puts something in
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, item: T, *, size: int, lines: int = 1) -> None:
        with self._changed:
            if self._closing or (self._waiting and self._waiting + size > self._limit):
                self._lost += lines
                return
            self._items.append((item, size))
            self._waiting += size
            self._changed.notify()

    def lose(self, lines: int) -> None:
        """Counts lines that were taken but could not be written."""
        with self._changed:
            self._lost += lines

    def lost(self) -> int:
        """How many lines were lost since the last call. 0 while items wait, since the loss came after them."""
        with self._changed:
            if self._items:
                return 0
            lost, self._lost = self._lost, 0
            return lost

    def close(self, seconds: float) -> bool:
        """Delivers what waits, for at most so many seconds. False if it stands still; the thread then ends with the process."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._items and not self._closing:
                    self._changed.wait(PAUSE_SECONDS)
                item, size = self._items.popleft() if self._items else (None, 0)
                over = self._closing and item is None
            if item is not None:
                self._deliver(item)
            with self._changed:
                self._waiting -= size
            self._between()
            if over:
                return
