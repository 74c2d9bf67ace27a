"""Notices when this machine's clock is set. Bans, records and log lines use that clock; leases, pauses and limits do not."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

JUMP = 5.0
"""Seconds. A smaller correction does no harm."""
LOOK_EVERY = 1.0
"""Seconds."""
TOLD_SECONDS = 60.0
"""How long a jump stays in `status`. It goes earlier if the clock is set back."""
NEVER_SET = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""CLOCK_BOOTTIME goes on while the machine is suspended, as its wall clock does. Not every system has it."""

logger = logging.getLogger(__name__)


def elapsed() -> float:
    return time.clock_gettime(NEVER_SET)


class ClockWatch:
    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = elapsed) -> None:
        self._wall = wall
        self._steady = steady
        self._usual = self._last = wall() - steady()
        self._jumped_at = 0.0

    async def run(self) -> None:
        """Looks every second until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY)
            self.look()

    def look(self) -> None:
        now = self._wall() - self._steady()
        if abs(now - self._last) > JUMP:
            logger.error("this machine's clock was set %+.0f s; see that it is kept by NTP", now - self._last)
            self._jumped_at = self._steady()
        self._last = now
        if self._steady() - self._jumped_at > TOLD_SECONDS:
            self._usual = now

    @property
    def problems(self) -> list[str]:
        jump = self._last - self._usual
        if abs(jump) <= JUMP:
            return []
        return [f"this machine's clock was set {jump:+.0f} s: bans and searches may end early or late; see that NTP keeps it"]
