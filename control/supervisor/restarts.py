"""How often a crashed process may come back, and after which pause. Pure; the clock is handed in."""

from __future__ import annotations

import random
from collections import deque

from domain.settings import Supervisor

STEADY_SECONDS = 15.0


class Restarts:
    def __init__(self, policy: Supervisor) -> None:
        self._policy = policy
        self._crashes: deque[float] = deque()

    def after_crash(self, now: float, ready_for: float) -> float | None:
        """Seconds to wait; None when the budget is spent.

        A process that had been ready for `STEADY_SECONDS` does not crash in a loop: its count starts afresh.
        """
        if ready_for >= STEADY_SECONDS:
            self._crashes.clear()
        while self._crashes and self._crashes[0] <= now - self._policy.restart_window:
            self._crashes.popleft()
        self._crashes.append(now)
        if len(self._crashes) > self._policy.restart_budget:
            return None
        pause = min(self._policy.backoff_max, self._policy.backoff_first * 2.0 ** (len(self._crashes) - 1))
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter, so that processes do not return in step
