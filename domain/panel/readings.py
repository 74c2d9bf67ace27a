"""The figures of one moment, as charts have them, from statuses one after the other."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

from domain.panel.counters import Counters, Growth
from domain.panel.waits import PREFIX, percentile, waits_in
from domain.status import Status

OF_POOL = ("chats", "waiting", "oldest_wait", "events_waiting")
RATES = ("relayed", "updates", "flood_waits", "dead_letters")
FLOOD, TAKEN, SENT = "flood:", "updates:", "sent:"
"""Of one bot: what follows is its id."""
MATCHES = "matches"
"""Chats that began, a second."""
SHARES = {"wait_p50": 0.5, "wait_p95": 0.95, "wait_p99": 0.99}
MINUTE = 60.0
LATELY, LONGER = 300.0, 3600.0
"""Seconds over which waits are looked at."""


class Readings:
    def __init__(self) -> None:
        self._counters = Counters()
        self._waits: deque[tuple[float, dict[int, float]]] = deque()
        """When, and bucket → waits that ended then."""
        self._floods = Recent(FLOOD, LONGER)
        self._traffic = Recent((TAKEN, SENT), MINUTE)
        self._began: float | None = None
        self.grown: Mapping[str, float] = {}
        """Counter → its growth with the last reading."""

    def read(self, status: Status, now: float) -> dict[str, float | None]:
        """Series → value; None where it is not known. `now`: seconds of a clock that never goes back."""
        growth = self._counters.read(status, now)
        self.grown = {name: each.count for name, each in (growth or {}).items()}
        self._began = now if self._began is None else self._began
        self._note_waits(now)
        self._floods.note(self.grown, now)
        self._traffic.note(self.grown, now)
        values: dict[str, float | None] = {name: status.figures.get(name) for name in OF_POOL}
        values |= {name: _rate(growth, name) for name in RATES}
        values[MATCHES] = (
            None if growth is None else sum(each.rate for name, each in growth.items() if name.startswith(PREFIX)) / 2
        )
        values |= {name: _rate(growth, name) for name in growth or {} if name.startswith(FLOOD)}
        values |= waiting_by_group(status)
        values |= {name: percentile(self.waits(now, LATELY), share) for name, share in SHARES.items()}
        return values

    def waits(self, now: float, seconds: float) -> dict[int, float]:
        """Bucket → waits that ended in the last `seconds`, which are at most `LONGER`."""
        total: dict[int, float] = defaultdict(float)
        for at, waits in reversed(self._waits):
            if now - at > seconds:
                break
            for bucket, count in waits.items():
                total[bucket] += count
        return total

    def floods(self, now: float, bot: int) -> int:
        """Flood waits of the last `LONGER` seconds, as far back as was read."""
        return int(self._floods.total(f"{FLOOD}{bot}", now))

    def rate(self, now: float, counter: str) -> float | None:
        """Of a counter of one bot, a second, over the last minute. None until it was read for a moment."""
        seconds = min(now - self._began, MINUTE) if self._began is not None else 0.0
        return self._traffic.total(counter, now) / seconds if seconds > 0 else None

    def _note_waits(self, now: float) -> None:
        waits = {bucket: count for bucket, count in waits_in(self.grown).items() if count}
        if waits:
            self._waits.append((now, waits))
        while self._waits and now - self._waits[0][0] > LONGER:
            self._waits.popleft()


class Recent:
    """By how much counters grew in the last so many seconds."""

    def __init__(self, prefix: str | tuple[str, ...], seconds: float) -> None:
        self._prefix = prefix
        self._seconds = seconds
        self._grown: deque[tuple[float, dict[str, float]]] = deque()

    def note(self, grown: Mapping[str, float], now: float) -> None:
        those = {name: count for name, count in grown.items() if count and name.startswith(self._prefix)}
        if those:
            self._grown.append((now, those))
        while self._grown and now - self._grown[0][0] > self._seconds:
            self._grown.popleft()

    def total(self, name: str, now: float) -> float:
        return sum(grown.get(name, 0.0) for at, grown in self._grown if now - at <= self._seconds)


def waiting_by_group(status: Status) -> dict[str, float | None]:
    """How many adults of each gender wait, and minors. None where nobody has reported."""
    if "waiting" not in status.figures:
        return {}
    groups = {"waiting:male": 0, "waiting:female": 0, "waiting:other": 0, "waiting:minors": 0}
    for queue in status.queues:
        groups["waiting:minors" if queue.band == "minor" else f"waiting:{queue.gender}"] += queue.waiting
    return dict(groups)


def _rate(growth: Mapping[str, Growth] | None, name: str) -> float | None:
    if growth is None:
        return None
    return growth[name].rate if name in growth else 0.0
