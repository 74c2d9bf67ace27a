"""The last error of a store or a file, for the status. Without it a full disk would look healthy, because reads still work."""

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
        """Empty where there was no error within `KEPT_SECONDS`."""
        return self._line if time.monotonic() < self._until else ""
