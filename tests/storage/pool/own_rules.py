"""Who may meet whom, written anew and without a look at `domain/matching/rules.py`: a mistake that the oracle and the scripts
share is none of these rules'.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.matching.requests import Seeker
from domain.model.chat import Chat
from domain.model.ids import UserId
from domain.model.profile import AgeBand
from tests.storage.pool.town import RULES

APART_SECONDS = RULES.recent_minutes * 60


def pair_of(chat: Chat) -> frozenset[UserId]:
    return frozenset({chat.first.user, chat.second.user})


@dataclass(slots=True)
class Record:
    """What a test noted of everybody itself. Times are Unix seconds."""

    seeking: dict[UserId, Seeker] = field(default_factory=dict)
    """By what each searches, or found."""
    together: dict[frozenset[UserId], float] = field(default_factory=dict)
    """When they were last paired or parted."""
    blocked: set[tuple[UserId, UserId]] = field(default_factory=set)
    reported: set[frozenset[UserId]] = field(default_factory=set)
    """Kept apart for good by a report."""
    banned: dict[UserId, float] = field(default_factory=dict)
    """Until when."""

    def ban(self, user: UserId, until: float, now: float) -> None:
        """A time gone by lifts it, also for a clock that is set back."""
        if until > now:
            self.banned[user] = until
        else:
            self.banned.pop(user, None)

    def is_banned(self, user: UserId, now: float) -> bool:
        return user in self.banned and now < self.banned[user]

    def objections(self, one: UserId, other: UserId, now: float) -> list[str]:
        """Why these two must not be paired now."""
        reasons = {
            "the same person": one == other,
            "one blocked the other": (one, other) in self.blocked or (other, one) in self.blocked,
            "one reported the other": frozenset({one, other}) in self.reported,
            "met a short while ago": self._met_lately(one, other, now),
            **self._misfits(self.seeking[one], self.seeking[other]),
        }
        return [reason for reason, holds in reasons.items() if holds]

    def _met_lately(self, one: UserId, other: UserId, now: float) -> bool:
        last = self.together.get(frozenset({one, other}))
        return last is not None and round(now - last, 3) < APART_SECONDS

    def _misfits(self, one: Seeker, other: Seeker) -> dict[str, bool]:
        minors = [seeker.band is AgeBand.MINOR for seeker in (one, other)]
        return {
            "no common scope": one.scope != other.scope,
            "a minor and an adult": any(minors) and not all(minors),
            "not as wished": not any(minors) and not (_as_wished(one, other) and _as_wished(other, one)),
        }


def _as_wished(one: Seeker, other: Seeker) -> bool:
    return other.gender in one.wishes.genders and other.band in one.wishes.bands
