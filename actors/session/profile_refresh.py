"""The reading anew of a profile that changed elsewhere: one at a time in each session, however many changes are heard of."""

from __future__ import annotations

from actors.runtime.asking import RETRY_SECONDS

LONGEST_PAUSE = 30.0
"""Seconds between two attempts while the database is away."""


class ProfileRefresh:
    """It lasts until the profile was read. The session asks `pause` after each attempt that failed."""

    __slots__ = ("_pause", "outdated")

    def __init__(self) -> None:
        self.outdated = False
        """Another change was heard of since the attempt began: what it reads may be old."""
        self._pause = RETRY_SECONDS

    def begins(self) -> None:
        self.outdated = False

    def pause(self) -> float:
        """Seconds until the next attempt, twice as long each time."""
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        return pause
