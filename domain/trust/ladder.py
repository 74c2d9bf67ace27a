"""The ladder: a warning, bans of 1 hour, 24 hours and 7 days. Nobody is banned for ever by a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from domain.model.profile import DAY
from domain.trust.reports import Reason
from domain.trust.rules import Trust
from domain.trust.score import UNGATED, Counted, is_gate_open, number_of_reporters, score

HOUR = 3600.0
HALVED = 0.5
"""What a step leaves of each report's weight."""
MINORS_DAYS = 30.0


class Step(IntEnum):
    WARNING = 1
    HOUR = 2
    DAY = 3
    WEEK = 4
    """It is reviewed by a person."""


BAN_SECONDS = {Step.WARNING: 0.0, Step.HOUR: HOUR, Step.DAY: DAY, Step.WEEK: 7 * DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What is known of somebody who was reported just now. `reports` has the new one, and all of the last 60 days."""

    reports: Sequence[Counted]
    chats: int
    """In the days of the gate."""
    level: int = 0
    """That of the last step."""
    stepped_at: float = 0.0
    """When it was taken, in Unix seconds."""
    adult: bool | None = None
    """As recorded."""


def level_at(now: float, *, level: int, stepped_at: float, rules: Trust) -> int:
    """The level after the quiet days since the last step."""
    quiet = int(max(0.0, now - stepped_at) / (rules.quiet_days * DAY))
    return max(0, level - quiet)


def next_step(person: Person, *, now: float, rules: Trust) -> Step | None:
    """The step that is due now; None where the score leads to none above the person's level. The last step may come again."""
    points = score(counting(person, now=now, rules=rules), now=now, rules=rules)
    reached = sum(points >= least for least in rules.steps)
    level = level_at(now, level=person.level, stepped_at=person.stepped_at, rules=rules)
    return Step(reached) if reached > level or reached == Step.WEEK else None


def counting(person: Person, *, now: float, rules: Trust) -> Sequence[Counted]:
    """The reports that the gate does not hold back."""
    if is_gate_open(person.reports, person.chats, now=now, rules=rules):
        return person.reports
    return [each for each in person.reports if each.reason in UNGATED]


def main_reason(reports: Iterable[Counted], *, now: float, rules: Trust) -> Reason:
    """What somebody was reported for most, by weight. It is what the person is told."""
    weights: dict[Reason, float] = {}
    for each in reports:
        weights[each.reason] = weights.get(each.reason, 0.0) + score([each], now=now, rules=rules)
    return max(weights, key=lambda reason: weights[reason])


def held_by_minors(person: Person, *, now: float, rules: Trust) -> bool:
    """Whether so many minors have reported the person that nobody waits for the score. Minors only meet minors, so most of those
    who are reported say that they are minors too. Of them the share of chats counts too, or whoever chats much would be held.
    """
    since = now - MINORS_DAYS * DAY
    by_minors = number_of_reporters(each for each in person.reports if each.minor and each.at >= since)
    if by_minors <= rules.minor_reports:
        return False
    return person.adult is True or is_gate_open(person.reports, person.chats, now=now, rules=rules)


def is_held(reason: Reason, weight: float) -> bool:
    """Whether one report is enough: under age, or sexual with a minor. One without weight is not."""
    return reason is Reason.UNDER_AGE and weight > 0
