"""How often somebody may ask the panel: the generic cell rate algorithm (GCRA), and the table of rates.

A rate of 5 in 900 s lets five requests pass at once, and then one each 180 s. A refused request takes nothing.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass

MINUTE = 60.0
HOUR = 3600.0
ROUNDING = 1e-6
"""Seconds by which sums of floats may be off."""


@dataclass(frozen=True, slots=True)
class Rate:
    count: int
    seconds: float
    needs_limits: bool = False
    """Whether a request is refused while nobody can count; others pass then."""


DEFAULT = "default"
UNKNOWN = "unknown"
"""Sessions and tokens that a process of the panel has not met before, by address."""
RATES: Mapping[str, Rate] = {
    "broadcast": Rate(10, HOUR, needs_limits=True),
    "stats": Rate(60, MINUTE),
    "config": Rate(30, MINUTE),
    "users": Rate(100, MINUTE),
    "request-login": Rate(5, 15 * MINUTE, needs_limits=True),
    "login-link": Rate(100, 15 * MINUTE),
    UNKNOWN: Rate(100, MINUTE),
    DEFAULT: Rate(100, MINUTE),
}


def take(due: float, rate: Rate, now: float) -> tuple[float, float]:
    """(when the allowance is whole again, seconds to wait), from when it was to be whole before. A wait of 0 has taken one."""
    interval = rate.seconds / rate.count
    busy = max(due, now)
    wait = busy + interval - rate.seconds - now
    return (due, wait) if wait > ROUNDING else (busy + interval, 0.0)


class Allowances:
    """What each key has left. A key whose allowance is whole is forgotten."""

    def __init__(self, most: int = 100_000) -> None:
        """`most`: how many keys are remembered. Beyond that, those that are whole soonest are forgotten early."""
        self._due: dict[str, float] = {}
        self._most = most

    def take(self, key: str, rate: Rate, now: float) -> float:
        """Seconds to wait; 0 has taken one. `now` never goes back."""
        due, wait = take(self._due.get(key, -math.inf), rate, now)
        if wait == 0:
            self._due[key] = due
            if len(self._due) > self._most:
                self._forget(now)
        return wait

    def __len__(self) -> int:
        return len(self._due)

    def _forget(self, now: float) -> None:
        self._due = {key: due for key, due in self._due.items() if due > now}
        spare = len(self._due) - self._most * 9 // 10
        for key in heapq.nsmallest(spare, self._due, key=self._due.__getitem__) if spare > 0 else ():
            del self._due[key]
