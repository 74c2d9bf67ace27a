"""The clock by which leases age in this process."""

from __future__ import annotations

import time

_BOOTTIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux's clock that goes on while the machine is suspended; other systems have none, or a monotonic clock that does too."""


def lease_clock() -> float:
    """Seconds that never go back, whoever sets the time, and that pass also while a virtual machine is suspended: Redis lets the
    lease run out meanwhile, and somebody else takes the bot.
    """
    return time.monotonic() if _BOOTTIME is None else time.clock_gettime(_BOOTTIME)
