"""What workers count since their start, made into what happened since the reading before. A worker that begins anew counts from
zero again, so a counter never goes back here. A worker that does not answer makes a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from domain.status import ProcessState, Status, WorkerFigures

RUNNING = frozenset({ProcessState.READY, ProcessState.DRAINING})
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Growth:
    """Of one counter, over all workers."""

    count: float
    """Since the reading before."""
    rate: float
    """A second."""


class Counters:
    def __init__(self) -> None:
        self._known: dict[str, tuple[WorkerFigures, float]] = {}
        """Worker → its last report, and when that came."""
        self._read_at: float | None = None

    def read(self, status: Status, now: float) -> Mapping[str, Growth] | None:
        """Counter → its growth. None where a worker that runs has not reported, and for the first reading.

        `now`: seconds of a clock that never goes back.
        """
        before, self._read_at = self._read_at, now
        grown: dict[str, Growth] = {}
        for worker in status.workers:
            for name, growth in self._growths(worker, now, before):
                so_far = grown.get(name, Growth(0.0, 0.0))
                grown[name] = Growth(so_far.count + growth.count, so_far.rate + growth.rate)
            self._known[worker.name] = (self._kept(worker), now)
        return None if before is None or missing(status) or not status.workers else grown

    def _kept(self, worker: WorkerFigures) -> WorkerFigures:
        """With what it has not said this time, such as of a bot that was late: its next count goes on from there."""
        before, _ = self._known.get(worker.name, (worker, 0.0))
        return replace(worker, counters={**before.counters, **worker.counters}) if before.pid == worker.pid else worker

    def _growths(self, worker: WorkerFigures, now: float, before: float | None) -> Iterable[tuple[str, Growth]]:
        """Of a worker that was known before, or has begun since the reading before."""
        known, at = self._known.get(worker.name, (None, before))
        if at is None:
            return
        earlier: Mapping[str, float] = known.counters if known is not None and known.pid == worker.pid else {}
        seconds = max(now - at, 0.001)
        for name, value in worker.counters.items():
            count = max(0.0, value - earlier.get(name, 0.0))
            yield name, Growth(count, count / seconds)


def missing(status: Status) -> bool:
    """Whether a worker that runs has not reported."""
    reported = {worker.name for worker in status.workers}
    workers = (process for process in status.processes if process.name.startswith(WORKER))
    return any(process.state in RUNNING and process.name not in reported for process in workers)
