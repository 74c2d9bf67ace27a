"""How many people search, as a worker knows it: counted by the MatcherActor for all its sessions, while any of them searches. And
how long those of its sessions waited who found a partner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from domain.matching.requests import Seeker
from domain.matching.rules import partition_of
from domain.panel.waits import bucket_of


class Crowd:
    __slots__ = ("_waiting", "waits", "wanted")

    def __init__(self) -> None:
        self._waiting: Mapping[str, int] = {}
        self.waits: Counter[int] = Counter()
        """Bucket (`domain.panel.waits`) → how many have waited so long, since this worker's start."""
        self.wanted = False
        """Whether anybody has asked since it was last counted."""

    def others(self, seeker: Seeker) -> int:
        """How many others wait whom `seeker` may in principle meet; 0 where that is not known."""
        self.wanted = True
        return max(0, self._waiting.get(partition_of(seeker), 0) - 1)

    def counted(self, waiting: Mapping[str, int]) -> None:
        """By partition."""
        self._waiting = waiting
        self.wanted = False

    def matched(self, waited: float) -> None:
        """Somebody found a partner after so many seconds."""
        self.waits[bucket_of(waited)] += 1
