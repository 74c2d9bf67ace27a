"""The clock that measures the age of leases in this process."""

from __future__ import annotations

import time

_BOOTTIME: int | None = getattr(time, "CLOCK_BOOTTIME", None)
"""Linux's clock that goes on while the machine is suspended. Other systems have none, or their monotonic clock goes on too."""


def lease_clock() -> float:
    """Seconds. The clock never goes back, nobody can set it, and it goes on while a virtual machine is suspended: in Redis the
    lease runs out meanwhile, and another worker takes the bot.
    """
    return time.monotonic() if _BOOTTIME is None else time.clock_gettime(_BOOTTIME)
