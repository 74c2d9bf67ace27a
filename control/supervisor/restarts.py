"""How often a crashed process is started again, and after which pause. The caller passes the time."""

from __future__ import annotations

import random
from collections import deque

from domain.settings import Supervisor

STEADY_SECONDS = 15.0
"""A process that was ready for so long does not crash in a loop."""


class Restarts:
    def __init__(self, policy: Supervisor) -> None:
        self._policy = policy
        self._crashes: deque[float] = deque()

    def after_crash(self, now: float, ready_for: float) -> float | None:
        """Seconds to wait before the next start; None if there were more than `supervisor.restart_budget` crashes.

        The count begins anew after a crash of a process that was ready for `STEADY_SECONDS`.
        """
        if ready_for >= STEADY_SECONDS:
            self._crashes.clear()
        while self._crashes and self._crashes[0] <= now - self._policy.restart_window:
            self._crashes.popleft()
        self._crashes.append(now)
        if len(self._crashes) > self._policy.restart_budget:
            return None
        pause = min(self._policy.backoff_max, self._policy.backoff_first * 2.0 ** (len(self._crashes) - 1))
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - random, so that processes do not all start at once
