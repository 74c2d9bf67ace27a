"""What one bot may send in all, and how that shrinks when Telegram shows that it is too much."""

from __future__ import annotations

from domain.model.ids import UserId
from domain.model.limits import Bucket, Limit, Throttle


class BotBudget:
    """A token bucket whose rate learns.

    A flood wait for one recipient is that recipient's own (too much in one chat). Flood waits for `MANY` different
    recipients within `WINDOW` seconds mean that the bot as a whole is limited: the bucket is emptied and its rate cut,
    and quiet time brings it back (`domain.model.limits.Throttle`).
    """

    WINDOW = 10.0
    MANY = 3
    SPARE = 0.5
    """The share of the burst that must be left before anything unnecessary is sent."""

    def __init__(self, rate: float, burst: int) -> None:
        self._whole = Limit(rate, burst)
        self._bucket = self._whole.full(0.0)
        self._throttle = Throttle(ceiling=rate, rate=rate)
        self._floods: dict[UserId, float] = {}

    def differs(self, rate: float, burst: int) -> bool:
        return self._whole != Limit(rate, burst)

    def change(self, rate: float, burst: int, now: float) -> None:
        """Other limits from now on. The bucket keeps what it holds, as far as it fits; what Telegram has taught stays."""
        tokens = self._limit(now).tokens(self._bucket, now)
        learnt = self._throttle.current(now)
        self._throttle = Throttle(ceiling=rate, rate=rate if learnt >= self._whole.rate else min(learnt, rate), at=now)
        self._whole = Limit(rate, burst)
        self._bucket = Bucket(min(tokens, float(burst)), now)

    def take(self, now: float) -> bool:
        bucket = self._limit(now).take(self._bucket, now)
        if bucket is None:
            return False
        self._bucket = bucket
        return True

    def wait(self, now: float) -> float:
        """Seconds until `take` succeeds."""
        return self._limit(now).wait(self._bucket, now)

    def has_spare(self, now: float) -> bool:
        return self._limit(now).tokens(self._bucket, now) >= max(1.0, self._whole.burst * self.SPARE)

    def rate(self, now: float) -> float:
        return self._throttle.current(now)

    def flooded(self, user: UserId, now: float) -> None:
        recent = {other: at for other, at in self._floods.items() if now - at < self.WINDOW}
        self._floods = recent | {user: now}
        if len(self._floods) >= self.MANY:
            self._floods = {}
            self._throttle = self._throttle.slowed(now)
            self._bucket = Bucket(0.0, now)

    def _limit(self, now: float) -> Limit:
        rate = self._throttle.current(now)
        return self._whole if rate == self._whole.rate else Limit(rate, self._whole.burst)
