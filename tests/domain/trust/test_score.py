"""The score fades, brigades count once, and the gate looks at the share of chats."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import UserId
from domain.model.profile import DAY
from domain.trust.reports import Reason
from domain.trust.rules import Trust
from domain.trust.score import Counted, brigades, is_gate_open, number_of_reporters, score, wilson_lower

NOW, HOUR = 1_900_000_000.0, 3600.0
RULES = Trust()


def told(reporter: int, *, counts: float = 1.0, days: float = 0.0, age: float = 100 * DAY) -> Counted:
    at = NOW - days * DAY
    return Counted(reporter=UserId(reporter), seen_at=at - age, reason=Reason.INSULT, counts=counts, at=at)


REPORTS = st.lists(
    st.builds(told, st.integers(1, 20), counts=st.floats(0, 3), days=st.floats(0, 70), age=st.floats(0, 20 * DAY)), max_size=20
)


def points(*reports: Counted) -> float:
    return score(reports, now=NOW, rules=RULES)


def test_a_report_weighs_half_after_a_half_life_and_nothing_after_60_days():
    assert points(told(1)) == 1
    assert points(told(1, days=14)) == pytest.approx(0.5)
    assert points(told(1, days=28)) == pytest.approx(0.25)
    assert points(told(1, days=59.99)) == pytest.approx(0.5 ** (60 / 14), rel=0.01)
    assert points(told(1, days=60)) == 0


def test_reporters_who_came_in_one_hour_count_as_the_heaviest_of_them():
    brigade = [told(n, counts=0.1 * n, age=DAY + n * 60) for n in range(1, 11)]
    assert points(*brigade) == pytest.approx(1.0)
    assert number_of_reporters(brigade) == 1
    assert points(*brigade, told(99)) == pytest.approx(2.0)


def test_old_reporters_and_those_of_different_hours_are_no_brigade():
    assert points(*(told(n, age=8 * DAY) for n in range(5))) == 5
    assert points(*(told(n, age=DAY + n * 2 * HOUR) for n in range(5))) == 5


def test_a_brigade_that_came_around_a_full_hour_is_one_all_the_same():
    around = 1_900_000_800.0 // HOUR * HOUR
    came = (around - 60, around + 60)
    both = [
        Counted(reporter=UserId(n), seen_at=seen, reason=Reason.ADS, counts=1.0, at=around + DAY) for n, seen in enumerate(came)
    ]
    assert score(both, now=around + DAY, rules=RULES) == 1


@given(REPORTS)
def test_a_brigade_never_makes_a_score_higher_and_nobody_is_lost(reports):
    alone = sum(points(each) for each in reports)
    assert 0 <= points(*reports) <= alone + 1e-9
    assert sorted(map(id, reports)) == sorted(id(each) for group in brigades(reports) for each in group)


@given(REPORTS, st.floats(0, 60))
def test_without_new_reports_the_score_only_falls(reports, days):
    assert score(reports, now=NOW + days * DAY, rules=RULES) <= points(*reports) + 1e-9


@pytest.mark.parametrize(("hits", "of", "lower"), [(0, 0, 0.0), (0, 50, 0.0), (1, 1, 0.271), (3, 140, 0.0088), (10, 100, 0.0608)])
def test_the_lower_bound_of_wilson(hits, of, lower):
    assert wilson_lower(hits, of) == pytest.approx(lower, abs=0.002)


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_bound_is_below_the_share_and_rises_with_the_hits(hits, more):
    of = hits + more
    assert 0 <= wilson_lower(hits, of) <= hits / of
    assert wilson_lower(hits, of) <= wilson_lower(hits + 1, of)


def test_the_gate_opens_with_the_share_of_chats():
    assert not is_gate_open([], 100, now=NOW, rules=RULES)
    assert is_gate_open([told(1), told(2)], 2, now=NOW, rules=RULES)
    assert not is_gate_open([told(1), told(2)], 140, now=NOW, rules=RULES)
    assert is_gate_open([told(n) for n in range(8)], 140, now=NOW, rules=RULES)


def test_the_gate_counts_neither_a_brigade_nor_old_nor_weightless_reports():
    brigade = [told(n, age=DAY) for n in range(20)]
    assert not is_gate_open(brigade, 140, now=NOW, rules=RULES)
    assert not is_gate_open([told(n, days=8) for n in range(20)], 140, now=NOW, rules=RULES)
    assert not is_gate_open([told(n, counts=0.0) for n in range(20)], 140, now=NOW, rules=RULES)
