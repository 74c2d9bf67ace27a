"""What others think of somebody, by counters of thumbs up and down. Only admins see it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

SURE = 1.96
"""Standard deviations: the true share is above the bound in 97.5 of 100 cases."""


@dataclass(frozen=True, slots=True)
class Votes:
    up: int = 0
    down: int = 0

    @property
    def count(self) -> int:
        return self.up + self.down

    @property
    def liked(self) -> float:
        """The share of thumbs up that is certain: the lower bound of Wilson's interval. 0 for nobody's opinion."""
        n = self.count
        if n == 0:
            return 0.0
        share, z = self.up / n, SURE * SURE / n
        return (share + z / 2 - sqrt(z * (share * (1 - share) + z / 4))) / (1 + z)


def told(votes: Votes) -> str:
    """One line for an operator, such as "17 up, 3 down: liked by 64 % at least"."""
    if not votes.count:
        return "not rated"
    return f"{votes.up} up, {votes.down} down: liked by {votes.liked:.0%} at least".replace("%", " %")
