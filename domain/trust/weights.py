"""What one report weighs: the reporter's reliability by newness by evidence by severity."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.profile import DAY
from domain.trust.reports import Reason
from domain.trust.rules import Trust

HOUR = 3600.0
SEVERITY = {
    Reason.ADS: 0.7,
    Reason.INSULT: 1.0,
    Reason.SEXUAL: 1.2,
    Reason.FRAUD: 1.5,
    Reason.THREAT: 2.0,
    Reason.UNDER_AGE: 3.0,
    Reason.OTHER: 0.5,
}
AGAIN_AFTER = 30 * DAY
"""Within this time only the first report of one reporter of one person weighs anything."""
MUTUAL_SECONDS = 600.0
"""Two who report each other within this time weigh half each."""
MUTUAL = 0.5
HALF_FROM, NOTHING_FROM = 6, 16
"""Reports of one reporter in 24 hours, from which they weigh half and nothing."""
LEAST, MOST = 0.1, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of the reporter, and of the two, before the report is booked."""

    seen_at: float
    """When the reporter first came here, in Unix seconds."""
    chats: int
    """Of the reporter. It need not be counted beyond `Trust.newcomer_chats`."""
    upheld: int = 0
    rejected: int = 0
    """The reporter's earlier reports that a person has decided."""
    in_24_hours: int = 0
    """The reporter's earlier reports in that time."""
    again: bool = False
    """Whether the reporter has reported the person within `AGAIN_AFTER`."""
    mutual: bool = False
    """Whether the person has reported the reporter within `MUTUAL_SECONDS`."""
    answered: bool = True
    """Whether the person said anything in the chat."""


def weight_of(reason: Reason, known: Circumstances, *, now: float, rules: Trust) -> float:
    if known.again:
        return 0.0
    reliable = reliability(known.upheld, known.rejected)
    return reliable * _newness(known, now, rules) * _evidence(known) * SEVERITY[reason]


def reliability(upheld: int, rejected: int) -> float:
    """The mean of the Beta distribution after so many decisions: ½ for somebody of whom nothing is known."""
    return min(MOST, max(LEAST, (upheld + 1) / (upheld + rejected + 2)))


def _newness(known: Circumstances, now: float, rules: Trust) -> float:
    new = now - known.seen_at < rules.newcomer_hours * HOUR or known.chats < rules.newcomer_chats
    return 0.5 if new else 1.0


def _evidence(known: Circumstances) -> float:
    this = known.in_24_hours + 1
    if not known.answered or this >= NOTHING_FROM:
        return 0.0
    return (MUTUAL if known.mutual else 1.0) * (0.5 if this >= HALF_FROM else 1.0)
