"""A ban: until when, why, by whom."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from domain.model.ids import UserId

OPERATOR = "operator"
"""The reason of a ban for which an operator has words of their own."""
DAY = 86_400.0
REVIEWED_FROM = 7 * DAY
"""Seconds. Bans of this length and longer are looked at by a person, whoever banned."""
SLACK = 60.0
"""Seconds that may pass between the decision and its record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    user: UserId
    until: float
    """Unix seconds; infinity for a permanent ban."""
    reason: str
    """A code: a value of `domain.trust.reports.Reason`, spam, operator. Empty where it is not known."""
    by: str
    """Who banned: the name of an operator, or of a rule of ours."""
    note: str = ""
    """The operator's own words, which the banned person reads."""
    since: float = 0.0
    """Unix seconds."""
    by_person: bool = False
    """Whether an operator banned, and not a rule."""

    @property
    def permanent(self) -> bool:
        return self.until == inf

    @property
    def reviewed(self) -> bool:
        """Whether a person looks at it, so that it can be appealed against while it holds."""
        return self.by_person or self.lasts(REVIEWED_FROM)

    def lasts(self, seconds: float) -> bool:
        """Whether it was made for so long, or longer."""
        return self.until - self.since >= seconds - SLACK
