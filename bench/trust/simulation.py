"""Lives of simulated people under the rules of `domain/trust/`: how often their partners report them, and which steps follow.

Time is virtual, and the seed is fixed, so that the figures are the same each time. A person has chats at even distances, each of
which leads to a report with a certain chance. While somebody is banned there are no chats.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from domain.model.ids import UserId
from domain.model.profile import DAY
from domain.trust.ladder import BAN_SECONDS, HALVED, Person, Step, next_step
from domain.trust.reports import Reason
from domain.trust.rules import Trust
from domain.trust.score import Counted
from domain.trust.weights import Circumstances, weight_of

BEGAN = 1_900_000_000.0
"""Unix seconds."""
RULES = Trust()
NEWCOMERS, KNOWN = 0.3, 0.6
"""Of the reporters; their reports weigh ¼ and ½. Those of the others weigh 0.86."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a person behaves, as their partners see it."""

    name: str
    share: float
    """Of the chats that lead to a report."""
    chats: float
    """A day."""
    days: int
    """How long they are looked at."""
    stay: float = 0.0
    """Days that they stay on average; 0: all the time."""
    halved: float = HALVED
    """What a step leaves of the score."""
    reasons: tuple[Reason, ...] = (Reason.INSULT,)


@dataclass(slots=True, kw_only=True)
class Life:
    """What became of one person."""

    steps: dict[Step, int] = field(default_factory=dict)
    """Step → the number of chats before it was first taken."""

    def reached(self, step: Step) -> bool:
        return any(taken >= step for taken in self.steps)


class Simulated:
    """One person, from report to report."""

    def __init__(self, kind: Kind, random: Random, rules: Trust = RULES) -> None:
        self._kind = kind
        self._random = random
        self._rules = rules
        stay = random.expovariate(1 / kind.stay) if kind.stay else kind.days
        self._until = BEGAN + min(stay, kind.days) * DAY
        self._reports: list[Counted] = []
        self._bans: list[tuple[float, float]] = []
        self._level, self._stepped_at = 0, 0.0
        self._away = 0.0
        """Seconds of all bans so far."""

    def live(self) -> Life:
        life = Life()
        for chat in self._reported_chats():
            now = BEGAN + chat / self._kind.chats * DAY + self._away
            if now > self._until:
                break
            step = self._report(now)
            if step is not None:
                life.steps.setdefault(step, chat)
                if step is Step.WEEK:
                    break  # from here on a person decides
        return life

    def _reported_chats(self) -> Iterator[int]:
        """The numbers of the chats that lead to a report."""
        chat = 0
        while True:
            chat += 1 + int(math.log(1.0 - self._random.random()) / math.log(1.0 - self._kind.share))
            yield chat

    def _report(self, now: float) -> Step | None:
        self._reports = [each for each in self._reports if now - each.at < self._rules.score_days * DAY]
        self._reports.append(self._reported_by_somebody(now))
        person = Person(reports=self._reports, chats=self._chats_before(now), level=self._level, stepped_at=self._stepped_at)
        step = next_step(person, now=now, rules=self._rules)
        if step is not None:
            self._level, self._stepped_at = int(step), now
            self._reports = [replace(each, counts=each.counts * self._kind.halved) for each in self._reports]
            self._bans.append((now, now + BAN_SECONDS[step]))
            self._away += BAN_SECONDS[step]
        return step

    def _reported_by_somebody(self, now: float) -> Counted:
        random = self._random
        kind = random.random()
        seen = now - random.uniform(0, DAY) if kind < NEWCOMERS else now - random.uniform(8, 300) * DAY
        known = Circumstances(seen_at=seen, chats=5, upheld=0 if kind < NEWCOMERS + KNOWN else 5)
        reason = random.choice(self._kind.reasons)
        weight = weight_of(reason, known, now=now, rules=self._rules)
        reporter = UserId(random.getrandbits(50))
        return Counted(reporter=reporter, seen_at=seen, reason=reason, counts=weight, at=now)

    def _chats_before(self, now: float) -> int:
        """In the days of the gate."""
        since = max(BEGAN, now - self._rules.gate_days * DAY)
        away = sum(max(0.0, min(end, now) - max(start, since)) for start, end in self._bans)
        return 1 + int((now - since - away) / DAY * self._kind.chats)


def lives(kind: Kind, people: int, seed: int = 12) -> list[Life]:
    random = Random(f"{seed} {kind.name}")
    return [Simulated(kind, random).live() for _ in range(people)]


def share_of(reached: Step, of: Iterable[Life]) -> float:
    found = [life.reached(reached) for life in of]
    return sum(found) / len(found)
