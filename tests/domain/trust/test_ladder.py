"""Which step follows a report."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import UserId
from domain.model.profile import DAY
from domain.trust.ladder import BAN_SECONDS, Person, Step, held_by_minors, is_held, level_at, main_reason, next_step
from domain.trust.reports import Reason
from domain.trust.rules import Trust
from domain.trust.score import Counted

NOW, HOUR = 1_900_000_000.0, 3600.0
RULES = Trust()


def told(reporter: int, counts: float, reason: Reason = Reason.INSULT, *, minor: bool = False, days: float = 0.0) -> Counted:
    at = NOW - days * DAY
    return Counted(reporter=UserId(reporter), seen_at=0.0, reason=reason, counts=counts, at=at, minor=minor)


def person(*counts: float, reason: Reason = Reason.INSULT, chats: int = 10, **more) -> Person:
    return Person(reports=[told(number, each, reason) for number, each in enumerate(counts)], chats=chats, **more)


def step(of: Person) -> Step | None:
    return next_step(of, now=NOW, rules=RULES)


@pytest.mark.parametrize(
    ("points", "expected"),
    [(0.99, None), (1.0, Step.WARNING), (1.75, Step.HOUR), (3.0, Step.DAY), (4.5, Step.WEEK), (40.0, Step.WEEK)],
)
def test_the_score_decides_the_step(points, expected):
    assert step(person(points)) == expected


def test_a_step_lasts_as_long_as_the_rules_say_and_none_for_ever():
    assert [BAN_SECONDS[each] for each in Step] == [0, HOUR, 24 * HOUR, 7 * DAY]


@pytest.mark.parametrize(
    ("level", "points", "expected"), [(1, 1.7, None), (1, 1.8, Step.HOUR), (3, 4.4, None), (4, 4.5, Step.WEEK)]
)
def test_a_step_is_above_the_last_one_but_the_last_may_come_again(level, points, expected):
    assert step(person(points, level=level, stepped_at=NOW)) == expected


def test_a_forgiven_level_counts_no_more():
    assert step(person(1.2, level=1, stepped_at=NOW - 29 * DAY)) is None
    assert step(person(1.2, level=1, stepped_at=NOW - 30 * DAY)) is Step.WARNING


@pytest.mark.parametrize(("days", "level"), [(0, 4), (29.9, 4), (30, 3), (90, 1), (120, 0), (1000, 0), (-5, 4)])
def test_a_level_falls_by_one_in_30_quiet_days(days, level):
    assert level_at(NOW + days * DAY, level=4, stepped_at=NOW, rules=RULES) == level


def test_the_gate_holds_back_all_but_threats_and_under_age():
    assert step(person(1.0, 1.0, 1.0, chats=1000)) is None
    assert step(person(1.0, 1.0, 1.0, chats=10)) is Step.DAY
    for reason in (Reason.THREAT, Reason.UNDER_AGE):
        assert step(person(1.0, reason=reason, chats=1000)) is Step.WARNING
    insults = person(1.0, 1.0, 1.0, chats=1000)
    threatened = replace(insults, reports=[*insults.reports, told(9, 1.0, Reason.THREAT)])
    assert step(threatened) is Step.WARNING, "the insults are still held back"


@given(st.lists(st.floats(0.05, 2), max_size=12), st.integers(0, 3), st.integers(12, 500))
def test_more_reports_never_lead_to_less(counts, level, chats):
    before, after = (step(person(*each, chats=chats, level=level, stepped_at=NOW)) for each in (counts, [*counts, 1.0]))
    assert (after or 0) >= (before or 0)


def test_the_main_reason_is_that_of_the_heaviest_reports():
    reports = [told(1, 0.3, Reason.ADS), told(2, 0.3, Reason.ADS), told(3, 0.5), told(4, 3.0, Reason.FRAUD, days=59)]
    assert main_reason(reports, now=NOW, rules=RULES) is Reason.ADS


def by_minors(number: int, *, chats: int = 1000, adult: bool | None = True, days: float = 0.0, counts: float = 0.01) -> bool:
    reports = [told(each, counts, minor=True, days=days) for each in range(number)]
    return held_by_minors(Person(reports=reports, chats=chats, adult=adult), now=NOW, rules=RULES)


def test_reports_by_minors_hold_whatever_they_weigh():
    assert not by_minors(3)
    assert by_minors(4)
    assert not by_minors(4, days=31)
    assert not by_minors(4, adult=False)
    assert by_minors(4, adult=False, chats=30)
    adults = Person(reports=[told(each, 1.0) for each in range(9)], chats=9, adult=True)
    assert not held_by_minors(adults, now=NOW, rules=RULES)


def test_one_report_of_somebody_under_age_is_enough_where_it_weighs_anything():
    assert is_held(Reason.UNDER_AGE, 0.1)
    assert not is_held(Reason.UNDER_AGE, 0.0)
    assert not is_held(Reason.THREAT, 2.0)
