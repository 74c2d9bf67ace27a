"""Whether the queues move."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.cluster.backlog import Backlog
from domain.cluster.queues import problems_of_events, problems_of_searches
from domain.configuration import Configuration
from domain.model.ids import BotId
from domain.settings import Settings

RULES = Configuration.of(Settings())
GRACE = 15.0


@dataclass(frozen=True)
class Counts:
    waiting: int = 3
    chats: int = 0
    oldest_wait: float = 100.0
    swept: float | None = 1.0


def test_searches_that_are_looked_through_are_no_problem_however_long_they_wait():
    assert problems_of_searches(Counts(), RULES, GRACE) == ()


def test_searches_that_nobody_looks_through_are_a_problem():
    (line,) = problems_of_searches(Counts(swept=40.0), RULES, GRACE)
    assert "nobody has looked through the 3 waiting searches for 40 s" in line
    (line,) = problems_of_searches(Counts(swept=None), RULES, GRACE)
    assert "for 100 s" in line


def test_a_queue_that_is_empty_or_new_needs_no_sweep():
    assert problems_of_searches(Counts(waiting=0, swept=4000.0), RULES, GRACE) == ()
    assert problems_of_searches(Counts(oldest_wait=2.0, swept=4000.0), RULES, GRACE) == ()


def test_searches_that_are_not_ended_in_time_are_a_problem():
    (line,) = problems_of_searches(Counts(oldest_wait=RULES.matching.timeout_seconds + 60), RULES, GRACE)
    assert "not ended in time" in line


def test_events_that_nobody_takes_are_a_problem_where_the_bot_is_served():
    stuck = Backlog(bot=BotId(7), entries=4, aside=0, oldest=600.0, served=True, near=False, lost=0)
    (line,) = problems_of_events(stuck, RULES, GRACE)
    assert line == "bot 7: 4 events wait, the oldest for 600 s: its worker does not take them"
    for fine in (replace(stuck, oldest=20.0), replace(stuck, served=False), replace(stuck, entries=0)):
        assert problems_of_events(fine, RULES, GRACE) == ()
