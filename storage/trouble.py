"""What a store or a file last refused, for those who ask how it stands: a disk that is full still answers every question."""

from __future__ import annotations

import time

KEPT_SECONDS = 5.0


class Trouble:
    def __init__(self) -> None:
        self._line = ""
        self._until = 0.0

    def note(self, line: str) -> None:
        self._line, self._until = line, time.monotonic() + KEPT_SECONDS

    @property
    def line(self) -> str:
        """Empty where nothing was refused lately."""
        return self._line if time.monotonic() < self._until else ""
