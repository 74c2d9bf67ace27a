"""So many requests pass at once, then as many as the rate says, and a refused one costs nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.panel.rates import RATES, Allowances, Rate

SEED = {
    "broadcast": (10, 3600),
    "stats": (60, 60),
    "config": (30, 60),
    "users": (100, 60),
    "request-login": (5, 900),
    "default": (100, 60),
    "login-link": (100, 900),  # of our own: links of `supervisor.py admin login`
}


def test_the_table_is_the_one_that_was_promised():
    assert SEED.items() <= {name: (rate.count, rate.seconds) for name, rate in RATES.items()}.items()


@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize("now", [0.0, 0.1, 1e6 + 0.7])
def test_the_whole_count_passes_at_once_and_not_one_more(name, now):
    rate, left = RATES[name], Allowances()
    assert all(left.take("anna", rate, now) == 0 for _ in range(rate.count))
    assert left.take("anna", rate, now) == pytest.approx(rate.seconds / rate.count)
    assert left.take("ben", rate, now) == 0, "each has their own"


def test_after_the_wait_that_was_told_exactly_one_passes():
    rate, left = Rate(5, 900), Allowances()
    for _ in range(5):
        left.take("a", rate, 0)
    wait = left.take("a", rate, 10)
    assert wait == pytest.approx(170)
    assert left.take("a", rate, 10 + wait) == 0
    assert left.take("a", rate, 10 + wait) == pytest.approx(180)


@given(st.lists(st.floats(0, 50), max_size=200), st.integers(1, 10), st.floats(1, 60))
def test_in_no_window_pass_more_than_twice_the_count(pauses, count, seconds):
    """GCRA's bound: a burst of the whole count, and what comes back within the window."""
    rate, left, now, passed = Rate(count, seconds), Allowances(), 0.0, []
    for pause in pauses:
        now += pause
        if left.take("a", rate, now) == 0:
            passed.append(now)
    for at in passed:
        assert sum(at <= other < at + seconds - 1e-3 for other in passed) <= 2 * count


def test_memory_is_bounded_and_those_who_asked_most_are_remembered():
    rate, left = Rate(2, 100), Allowances(most=50)
    left.take("greedy", rate, 0)
    left.take("greedy", rate, 0)
    for number in range(500):
        left.take(f"k{number}", rate, 1)
    assert len(left) <= 50
    assert left.take("greedy", rate, 1) > 0
    left.take("late", rate, 1000)
