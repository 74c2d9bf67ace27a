"""What a rule found, such as a rule against spam: it becomes an item of the review list."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    rule: str
    """Its name, such as same-advert."""
    detail: str = ""
    """What the reviewer should know: numbers and names of rules, never a text that somebody wrote."""
    ban_hours: float = 0.0
    """How long the person is banned for it; 0: not."""
    reason: str = "spam"
    """What the person is told of the ban: this, or the value of a `domain.trust.reports.Reason`."""
    review: bool = True
    """Whether a person has to look at it. Otherwise it is only recorded."""
    hold: bool = False
    """Whether the person may not search until an operator decides."""
    once: bool = False
    """Whether it is booked only if the rule has not found the person before, whatever was decided then."""


MARKED = "marked-account"
"""The rule that holds the first search of an account that Telegram marks as scam or fake."""
