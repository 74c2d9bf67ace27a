"""Why people who wait meet nobody, as far as it can be told by whom they wish. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.configuration import Matching
from domain.model.profile import AgeBand, Gender
from domain.status import QueueStatus

LOOKS = 3
"""Of the sweep. Whoever is still there after so many has nobody left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Who waits of one gender and age band."""

    scope: str
    gender: Gender
    band: AgeBand
    waiting: int
    vips: int
    oldest: float
    """Seconds."""
    wished: Mapping[tuple[Gender, AgeBand], int]
    """How many of them wish people of that gender and age band."""

    @property
    def minors(self) -> bool:
        return self.band is AgeBand.MINOR

    def wish(self, other: Group) -> int:
        """How many of them wish people like `other`."""
        return self.wished.get((other.gender, other.band), 0)


def queues_of(groups: Sequence[Group], rules: Matching) -> list[QueueStatus]:
    return [
        QueueStatus(
            scope=group.scope,
            gender=group.gender,
            band=group.band.name.lower(),
            waiting=group.waiting,
            vips=group.vips,
            oldest=group.oldest,
            why=why_nobody(group, groups, rules),
        )
        for group in groups
    ]


def why_nobody(group: Group, everybody: Sequence[Group], rules: Matching) -> str:
    """Empty where some of them may meet somebody, and have not waited for long."""
    there = [other for other in everybody if other.scope == group.scope and (other is not group or group.waiting > 1)]
    others = [other for other in there if other.minors == group.minors]
    if not others:
        return _alone(group, minors=bool(there))
    wanted = [other for other in others if group.wish(other)]
    if not wanted:
        genders = {gender for (gender, _), count in group.wished.items() if count}
        kind = "age" if any(other.gender in genders for other in others) else "gender"
        return f"Nobody of a wanted {kind} waits."
    if not any(_mutual(group, other) for other in wanted):
        return "Whom they want wants others."
    if group.oldest > LOOKS * rules.rescan_seconds:
        return f"Whoever fits was met in the last {rules.recent_minutes:g} min, or one has blocked the other."
    return ""


def _alone(group: Group, *, minors: bool) -> str:
    """`minors`: whether somebody waits on the other side of 18."""
    if not minors:
        return "Nobody else waits."
    if group.minors:
        return "Only adults wait besides, and minors meet minors."
    return "Only minors wait besides, and they meet no adults."


def _mutual(group: Group, other: Group) -> bool:
    return group.wish(other) > 1 if other is group else bool(group.wish(other) and other.wish(group))
