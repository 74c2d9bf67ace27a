"""Rate limits by token buckets. Each function takes the time `now`, in seconds of any clock.

A token bucket has at most `burst` tokens and gets `rate` tokens a second. An event takes one, or as many as it weighs. `Limit`
has the size and the rate, `Bucket` how full one bucket is. A bucket that was not used for `burst / rate` seconds is full and need
not be kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ROUNDING = 1e-6
"""Tolerance for floating point, so that after exactly `Limit.wait` seconds there is a token."""


@dataclass(frozen=True, slots=True)
class Bucket:
    tokens: float
    at: float
    """When it had that many tokens."""


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
        """Tokens in the bucket now. A clock that went back adds none."""
        return min(float(self.burst), bucket.tokens + max(0.0, now - bucket.at) * self.rate)

    def take(self, bucket: Bucket, now: float, count: float = 1.0) -> Bucket | None:
        """The bucket with `count` tokens less; None where it has too few. A `count` above `burst` takes a full bucket."""
        left = self.tokens(bucket, now) - min(count, self.burst)
        return Bucket(max(0.0, left), now) if left >= -ROUNDING else None

    def wait(self, bucket: Bucket, now: float, count: float = 1.0) -> float:
        """Seconds until `take` succeeds; 0 where it does now."""
        return max(0.0, (min(count, self.burst) - self.tokens(bucket, now)) / self.rate)

    def refill(self, bucket: Bucket, now: float) -> float:
        """Seconds until the bucket is full."""
        return (self.burst - self.tokens(bucket, now)) / self.rate


@dataclass(frozen=True, slots=True)
class Throttle:
    """A rate that adapts to refusals by multiplicative decrease and additive increase, as in TCP.

    Each refusal (`slowed`) lowers the rate by the share `CUT`, but never below the share `FLOOR` of `ceiling`. Without refusals
    it rises steadily, from nothing to `ceiling` in `RECOVERY` seconds.
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
