"""Grants of VIP. They are only ever added. VIP lasts until the end of the fold of all grants, in the order of granting.

A refund cuts one grant: its used part stays, and later grants move forward, so that nobody loses what they paid elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    source: str
    """What it was given for, once: the key of a ledger's event, `promo:CODE:USER`, `trial:USER`, `gift:CODE`, `admin:…`."""
    seconds: float
    granted_at: float
    """Unix seconds."""
    used_seconds: float | None = None
    """What had been used when it was cut; None for a grant that was not."""

    @property
    def counted(self) -> float:
        return self.seconds if self.used_seconds is None else self.used_seconds


def vip_until(grants: Sequence[Grant]) -> float:
    """Unix seconds; 0 without grants."""
    return max((end for _, _, end in spans(grants)), default=0.0)


def spans(grants: Sequence[Grant]) -> Iterator[tuple[Grant, float, float]]:
    """Each grant with when it began to count, and when it ends."""
    until = 0.0
    for grant in grants:
        begins = max(until, grant.granted_at)
        until = begins + grant.counted
        yield grant, begins, until


def used_of(grants: Sequence[Grant], source: str, now: float) -> float:
    """The seconds of that grant that are over by now. Raises StopIteration where it is not among them."""
    grant, begins, end = next(span for span in spans(grants) if span[0].source == source)
    return min(max(now, begins), end) - begins if grant.used_seconds is None else grant.used_seconds
