"""Budgets: how often something may happen. Pure: every function is told the time, in seconds of any clock that only rises.

A token bucket holds at most `burst` tokens and gains `rate` a second; what happens takes one. `Limit` says how large it is,
`Bucket` how full one is. A bucket that nobody has used for `burst / rate` seconds is full and need not be kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ROUNDING = 1e-6
"""Who comes back after exactly `Limit.wait` finds a token, whatever floating point made of it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    tokens: float
    at: float
    """When `tokens` was true."""


@dataclass(frozen=True, slots=True)
class Limit:
    """`rate` in tokens a second, more than 0; `burst` at least 1."""

    rate: float
    burst: int

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.burst < 1:
            raise ValueError(f"a limit needs a rate above 0 and a burst of at least 1, not {self.rate} and {self.burst}")

    def full(self, now: float) -> Bucket:
        return Bucket(float(self.burst), now)

    def tokens(self, bucket: Bucket, now: float) -> float:
        """A clock that went back adds nothing."""
        return min(float(self.burst), bucket.tokens + max(0.0, now - bucket.at) * self.rate)

    def take(self, bucket: Bucket, now: float, count: int = 1) -> Bucket | None:
        """The bucket with so many tokens less, of more than `burst` with none; None where there are too few to take."""
        left = self.tokens(bucket, now) - min(count, self.burst)
        return Bucket(max(0.0, left), now) if left >= -ROUNDING else None

    def wait(self, bucket: Bucket, now: float, count: int = 1) -> float:
        """Seconds until `take` succeeds; 0 where it would now."""
        return max(0.0, (min(count, self.burst) - self.tokens(bucket, now)) / self.rate)

    def refill(self, bucket: Bucket, now: float) -> float:
        """Seconds until the bucket is full."""
        return (self.burst - self.tokens(bucket, now)) / self.rate


@dataclass(frozen=True, slots=True)
class Throttle:
    """A rate that learns from refusals: each `slowed` takes `CUT` of it away, quiet time gives it back little by little.

    Multiplicative decrease and additive increase, as in TCP: it halves within a few refusals and is whole again
    `RECOVERY` seconds after the last one, and never falls under `FLOOR` of `ceiling`.
    """

    ceiling: float
    rate: float
    at: float = 0.0

    CUT = 0.3
    FLOOR = 0.05
    RECOVERY = 300.0

    def current(self, now: float) -> float:
        if self.rate >= self.ceiling:
            return self.ceiling
        return min(self.ceiling, self.rate + max(0.0, now - self.at) * self.ceiling / self.RECOVERY)

    def slowed(self, now: float) -> Throttle:
        return replace(self, rate=max(self.ceiling * self.FLOOR, self.current(now) * (1 - self.CUT)), at=now)
