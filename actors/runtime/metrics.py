"""Metrics of the actors of this process, by actor class and by message type.

The tables belong to the process. They also hold the running actors: the `live` set of a class keeps
them from being collected as garbage. Messages wait at few of them: at those that are in the run queue, and at those in `held_up`.
So a snapshot does not look at the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from heapq import nlargest
from logging import Logger
from time import monotonic, time
from typing import Protocol, cast

from actors.runtime.scheduler import ready_now
from domain.actor_stats import ActorStats
from domain.processes import ActorNow


class Live(Protocol):
    """A running actor, as the counters see it."""

    def depth(self) -> int: ...

    def limit(self) -> int:
        """How many messages may wait."""
        ...

    def now(self) -> ActorNow: ...

    def describe(self) -> str:
        """One line: its label, how many messages wait, what it handles now."""
        ...


class Handled:
    """Messages of one type handled by one class. `seconds` is the sum of their durations, with time in `await`. Each is compared
    with `notable` alone, the smaller of `slowest` and the limit for slow handlers; one that took longer is examined further.
    """

    __slots__ = ("count", "notable", "seconds", "slowest")

    def __init__(self) -> None:
        self.count = 0
        self.seconds = 0.0
        self.slowest = 0.0
        self.notable = 0.0


class ClassCounters:
    __slots__ = (
        "dropped",
        "failed",
        "handled",
        "held_up",
        "last_error",
        "last_error_at",
        "live",
        "name",
        "restarted",
        "slow",
        "started",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.live: set[Live] = set()
        self.held_up: set[Live] = set()
        """Those that have not begun yet, or whose coroutine runs: messages wait at them though they are not in the run queue."""
        self.handled: defaultdict[type, Handled] = defaultdict(Handled)
        self.started = 0
        self.failed = 0
        self.restarted = 0
        self.slow = 0
        self.dropped = 0
        self.last_error = ""
        self.last_error_at = 0.0

    def failure(self, what: str, error: BaseException) -> None:
        """`what` failed. Of the error only the type is kept: its text may quote what somebody wrote."""
        self.failed += 1
        self.last_error = f"{type(error).__qualname__} in {what}"
        self.last_error_at = time()

    def add(self, actor: Live) -> None:
        """It has not begun yet."""
        self.live.add(actor)
        self.held_up.add(actor)
        self.started += 1

    def remove(self, actor: Live) -> None:
        self.live.discard(actor)

    def stats(self, ready: Iterable[Live]) -> ActorStats:
        """`ready`: actors of this class that are in the run queue."""
        depths = [actor.depth() for actor in self.live.intersection(self.held_up.union(ready))]
        return ActorStats(
            name=self.name,
            alive=len(self.live),
            started=self.started,
            handled=sum(handled.count for handled in self.handled.values()),
            failed=self.failed,
            restarted=self.restarted,
            queued=sum(depths),
            deepest=max(depths, default=0),
            slow=self.slow,
            dropped=self.dropped,
            limit=next((actor.limit() for actor in self.live), 0),
            last_error=self.last_error,
            last_error_at=self.last_error_at,
        )


_by_class: dict[type, ClassCounters] = {}


def counters_of(actor_class: type) -> ClassCounters:
    counters = _by_class.get(actor_class)
    if counters is None:
        counters = _by_class[actor_class] = ClassCounters(actor_class.__name__)
    return counters


def snapshot() -> tuple[ActorStats, ...]:
    """Every class that has started an actor in this process, by name."""
    ready: defaultdict[type, list[Live]] = defaultdict(list)
    for actor in ready_now():
        ready[type(actor)].append(cast("Live", actor))
    rows = (counters.stats(ready[actor_class]) for actor_class, counters in _by_class.items())
    return tuple(sorted(rows, key=lambda stats: stats.name))


def handled_by_type() -> dict[tuple[str, str], Handled]:
    """By (name of the actor class, name of the message type)."""
    return {
        (counters.name, message_class.__name__): handled
        for counters in _by_class.values()
        for message_class, handled in counters.handled.items()
    }


def fullest(name: str, count: int) -> tuple[ActorNow, ...]:
    """Of the class of that name, the `count` actors with most messages waiting."""
    living = [actor for counters in _by_class.values() if counters.name == name for actor in counters.live]
    return tuple(actor.now() for actor in nlargest(count, living, key=lambda actor: actor.depth()))


def describe() -> list[str]:
    """One line for every running actor, those with most messages waiting first. Printed on SIGUSR1."""
    living = [actor for counters in _by_class.values() for actor in counters.live]
    return [actor.describe() for actor in sorted(living, key=lambda actor: -actor.depth())]


class Throttle:
    """At most `lines` log lines in `seconds`. The next line after that says how many were held back."""

    def __init__(self, logger: Logger, *, lines: int, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._logger = logger
        self._lines = lines
        self._seconds = seconds
        self._clock = clock
        self._window = clock()
        self._written = 0
        self._held = 0

    def warning(self, text: str, *args: object) -> None:
        now = self._clock()
        if now - self._window >= self._seconds:
            self._window, self._written = now, 0
        if self._written >= self._lines:
            self._held += 1
            return
        self._written += 1
        held, self._held = self._held, 0
        if held:
            self._logger.warning("%d lines like the next were held back", held)
        self._logger.warning(text, *args)
