"""The score of a person: what all reports weigh together, and whether enough of the person's chats led to one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from domain.model.ids import UserId
from domain.model.profile import DAY
from domain.trust.reports import Reason
from domain.trust.rules import Trust

NEW_SECONDS = 7 * DAY
TOGETHER_SECONDS = 3600.0
"""Reporters younger than the first, who first came within the second of each other, are taken for one: a brigade."""
Z = 1.64
"""Of Wilson's bound: the true share is above it in 95 of 100 cases."""
UNGATED = frozenset({Reason.THREAT, Reason.UNDER_AGE})
"""Reasons that no share of chats holds back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A report of the person that counts."""

    reporter: UserId
    seen_at: float
    """When the reporter first came here, in Unix seconds."""
    reason: Reason
    counts: float
    """What steps have left of its weight."""
    at: float
    """Unix seconds."""
    minor: bool = False
    """Whether the reporter was under 18."""


def score(reports: Iterable[Counted], *, now: float, rules: Trust) -> float:
    """Each report fades with time, and of a brigade the heaviest counts alone."""
    lasting = [each for each in reports if each.counts > 0 and now - each.at < rules.score_days * DAY]
    return sum(max(_faded(each, now, rules) for each in brigade) for brigade in brigades(lasting))


def is_gate_open(reports: Iterable[Counted], chats: int, *, now: float, rules: Trust) -> bool:
    """Whether a share of the person's chats led to reports that no bad luck explains. `chats`: in the days of the gate."""
    since = now - rules.gate_days * DAY
    reporters = number_of_reporters(each for each in reports if each.at >= since)
    return wilson_lower(reporters, max(chats, reporters)) >= rules.gate_share


def number_of_reporters(reports: Iterable[Counted]) -> int:
    """A brigade is one. Reports without weight are none."""
    groups = brigades(each for each in reports if each.counts > 0)
    alone = {group[0].reporter for group in groups if len(group) == 1}
    return len(alone) + sum(len(group) > 1 for group in groups)


def wilson_lower(hits: int, of: int) -> float:
    """The lower bound of the share `hits` / `of`."""
    if of == 0:
        return 0.0
    share, zz = hits / of, Z * Z
    spread = Z * sqrt(share * (1 - share) / of + zz / (4 * of * of))
    bound = (share + zz / (2 * of) - spread) / (1 + zz / of)
    return min(share, max(0.0, bound))  # rounding may go beyond either


def brigades(reports: Iterable[Counted]) -> list[Sequence[Counted]]:
    """The reports by brigade; those of everybody else stand alone."""
    alone: list[Sequence[Counted]] = []
    new: list[Counted] = []
    for each in reports:
        if each.at - each.seen_at < NEW_SECONDS:
            new.append(each)
        else:
            alone.append((each,))
    together: list[list[Counted]] = []
    for each in sorted(new, key=lambda report: report.seen_at):
        if together and each.seen_at - together[-1][0].seen_at <= TOGETHER_SECONDS:
            together[-1].append(each)
        else:
            together.append([each])
    return [*alone, *together]


def _faded(report: Counted, now: float, rules: Trust) -> float:
    """A clock that was set back makes nothing weigh more."""
    age = max(0.0, now - report.at)
    return float(report.counts * 0.5 ** (age / (rules.half_life_days * DAY)))
