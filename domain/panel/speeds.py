"""Messages a second of each class of actors, from two readings of what it has handled since its start."""

from __future__ import annotations

from domain.processes import SupervisionTree

LEAST_SECONDS = 0.9
"""Between two readings. A reading that comes sooner is answered with the last speed."""
Key = tuple[str, int, str]
"""(process, its id, class): a process that was started again counts anew."""


class Speeds:
    def __init__(self) -> None:
        self._read: dict[Key, tuple[float, int]] = {}
        self._speeds: dict[Key, float] = {}

    def read(self, tree: SupervisionTree, now: float) -> None:
        """`now`: seconds of a clock that never goes back. What is not in the tree any more is forgotten."""
        handled = {
            (node.process.name, node.process.pid, stats.name): stats.handled
            for node in tree.processes
            for group in node.groups
            for stats in group.actors
        }
        for key, count in handled.items():
            at, before = self._read.get(key, (now, count))
            if now - at >= LEAST_SECONDS:
                self._speeds[key] = (count - before) / (now - at)
            if key not in self._read or now - at >= LEAST_SECONDS:
                self._read[key] = (now, count)
        self._read = {key: value for key, value in self._read.items() if key in handled}
        self._speeds = {key: value for key, value in self._speeds.items() if key in handled}

    def of(self, process: str, pid: int, actor: str) -> float | None:
        """None after one reading."""
        speed = self._speeds.get((process, pid, actor))
        return None if speed is None else round(speed, 1)
