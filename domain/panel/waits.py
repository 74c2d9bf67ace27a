"""How long people wait until they are matched, counted in buckets that grow by a quarter each; percentiles are read from them."""

from __future__ import annotations

import math
from collections.abc import Mapping

FACTOR = 1.25
SHORTEST, LONGEST = -16, 40
"""Bucket n holds waits of at most 1.25 to the power of n seconds: from 28 ms to two hours."""
PREFIX = "wait:"
"""Of the counters in a worker's report: `wait:-3` is bucket -3."""


def bucket_of(seconds: float) -> int:
    if seconds <= FACTOR**SHORTEST:
        return SHORTEST
    return min(math.ceil(round(math.log(seconds, FACTOR), 9)), LONGEST)


def counter_of(bucket: int) -> str:
    return f"{PREFIX}{bucket}"


def waits_in(counters: Mapping[str, float]) -> dict[int, float]:
    """Bucket → how many waits."""
    return {int(name.removeprefix(PREFIX)): value for name, value in counters.items() if name.startswith(PREFIX)}


def percentile(waits: Mapping[int, float], share: float) -> float | None:
    """Seconds in which that share of people were matched, at most a quarter too long. None where nobody was."""
    total = sum(waits.values())
    if total <= 0:
        return None
    passed = 0.0
    for bucket in sorted(waits):
        passed += waits[bucket]
        if passed >= share * total - 1e-9:
            return float(round(FACTOR**bucket, 3))
    return float(round(FACTOR ** max(waits), 3))
