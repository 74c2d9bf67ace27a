"""The rate limit of one bot over all its recipients. It shrinks when Telegram answers with flood waits."""

from __future__ import annotations

from domain.model.ids import UserId
from domain.model.limits import Bucket, Limit, Throttle


class BotBudget:
    """A token bucket with a rate that adapts. All times are loop times in seconds.

    A flood wait for one recipient concerns only that chat. Flood waits for `MANY` different recipients within `WINDOW`
    seconds mean that the whole bot is limited: then the bucket is emptied and its rate cut. The rate recovers while there
    are no flood waits (`domain.model.limits.Throttle`).
    """

    WINDOW = 10.0
    MANY = 3
    SPARE = 0.5
    """Share of the burst that must be left before anything unnecessary is sent."""

    def __init__(self, rate: float, burst: int) -> None:
        self._whole = Limit(rate, burst)
        self._bucket = self._whole.full(0.0)
        self._throttle = Throttle(ceiling=rate, rate=rate)
        self._floods: dict[UserId, float] = {}

    def differs(self, rate: float, burst: int) -> bool:
        return self._whole != Limit(rate, burst)

    def change(self, rate: float, burst: int, now: float) -> None:
        """Set new limits. The bucket keeps its tokens up to the new burst, and a rate cut by flood waits stays cut."""
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
