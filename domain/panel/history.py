"""Figures over time, at three steps: each second for 15 minutes, 10 seconds for 6 hours, minutes for 48 hours.

A slot of a longer step is the mean of the seconds in it that have a value. Where nothing was reported there is a gap (None).
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SECOND, TEN_SECONDS, MINUTE = 1, 10, 60
SLOTS: Mapping[int, int] = {SECOND: 15 * 60, TEN_SECONDS: 6 * 360, MINUTE: 48 * 60}
"""Step in seconds → how many slots are kept."""
MOST_SERIES = 60
"""Further ones are not recorded."""

Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    step: int
    at: int
    """When it begins, in Unix seconds."""
    values: Mapping[str, float]


class History:
    def __init__(self) -> None:
        self._rings = {step: Ring(step, size) for step, size in SLOTS.items()}
        self._sums = [Means(TEN_SECONDS), Means(MINUTE)]
        self._began: int | None = None

    def add(self, at: int, values: Values) -> list[Slot]:
        """What was read in that second. Returns the longer slots that are over now."""
        self._began = min(at, self._began or at)
        self._rings[SECOND].put(at, values)
        ended = [slot for sums in self._sums if (slot := sums.add(at, values))]
        for slot in ended:
            self.load(slot)
        return ended

    def load(self, slot: Slot) -> None:
        """A slot of earlier."""
        self._rings[slot.step].put(slot.at, slot.values)

    def before(self, name: str, at: int) -> float | None:
        """What it was then, as exactly as is known."""
        value = self._rings[SECOND].at(name, at)
        return self._rings[TEN_SECONDS].at(name, at) if value is None else value

    def series(self, name: str, step: int, since: int, until: int) -> Sequence[float | None]:
        """One series, as in `points`, by the slots of that step alone."""
        return [self._rings[step].at(name, at) for at in range(since, until, step)]

    def points(self, step: int, since: int, until: int) -> Mapping[str, Sequence[float | None]]:
        """Of each series the slots from `since` on, which is a multiple of `step`, to before `until`.

        Seconds before this history began are read from the slots of ten seconds.
        """
        times = range(since, until, step)
        ring, coarse = self._rings[step], self._rings[TEN_SECONDS]
        if step != SECOND:
            return {name: [ring.at(name, at) for at in times] for name in ring.names}
        began = self._began if self._began is not None else until
        names = dict.fromkeys([*ring.names, *coarse.names])
        return {name: [(coarse if at < began else ring).at(name, at) for at in times] for name in names}


class Ring:
    """The newest slots of one step."""

    def __init__(self, step: int, size: int) -> None:
        self._step, self._size = step, size
        self._newest = 0
        self._series: dict[str, array[float]] = {}

    @property
    def names(self) -> Sequence[str]:
        return list(self._series)

    def put(self, at: int, values: Values) -> None:
        number = at // self._step
        if number <= self._newest - self._size:
            return
        self._clear_up_to(number)
        for name, value in values.items():
            if name not in self._series and len(self._series) < MOST_SERIES:
                self._series[name] = array("d", [math.nan]) * self._size
            if name in self._series:
                self._series[name][number % self._size] = math.nan if value is None else value

    def at(self, name: str, at: int) -> float | None:
        number = at // self._step
        if name not in self._series or not self._newest - self._size < number <= self._newest:
            return None
        value = self._series[name][number % self._size]
        return None if math.isnan(value) else value

    def _clear_up_to(self, number: int) -> None:
        if self._newest:
            for each in range(max(self._newest + 1, number - self._size + 1), number + 1):
                for series in self._series.values():
                    series[each % self._size] = math.nan
        self._newest = max(self._newest, number)


class Means:
    """Adds up the seconds of one longer slot."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._number: int | None = None
        self._sums: dict[str, tuple[float, int]] = {}

    def add(self, at: int, values: Values) -> Slot | None:
        """The slot before, once one of another is added."""
        number, ended = at // self._step, None
        if self._number is not None and number != self._number:
            ended = self._ended(self._number)
            self._sums = {}
        self._number = number
        for name, value in values.items():
            if value is not None:
                total, count = self._sums.get(name, (0.0, 0))
                self._sums[name] = (total + value, count + 1)
        return ended

    def _ended(self, number: int) -> Slot:
        values = {name: round(total / count, 4) for name, (total, count) in self._sums.items()}
        return Slot(step=self._step, at=number * self._step, values=values)
