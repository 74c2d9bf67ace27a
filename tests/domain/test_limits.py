"""Token buckets and the throttle."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.limits import Bucket, Limit, Throttle

LIMIT = Limit(rate=2.0, burst=3)


def take_all(limit, bucket, now):
    taken = 0
    while (left := limit.take(bucket, now)) is not None:
        bucket, taken = left, taken + 1
    return bucket, taken


def test_a_full_bucket_gives_its_burst_and_then_nothing():
    _, taken = take_all(LIMIT, LIMIT.full(10.0), 10.0)
    assert taken == 3


def test_an_empty_bucket_refills_at_its_rate():
    empty, _ = take_all(LIMIT, LIMIT.full(10.0), 10.0)
    assert LIMIT.wait(empty, 10.0) == 0.5
    assert LIMIT.take(empty, 10.4) is None
    assert LIMIT.take(empty, 10.5) is not None
    assert LIMIT.refill(empty, 10.0) == 1.5


def test_several_tokens_are_taken_together_or_not_at_all():
    left = LIMIT.take(LIMIT.full(10.0), 10.0, 2)
    assert left == Bucket(1.0, 10.0)
    assert LIMIT.take(left, 10.0, 2) is None
    assert LIMIT.wait(left, 10.0, 2) == 0.5
    assert LIMIT.take(left, 10.5, 2) is not None


def test_what_is_larger_than_the_bucket_takes_all_that_it_holds():
    assert LIMIT.take(LIMIT.full(10.0), 10.0, 10) == Bucket(0.0, 10.0)
    assert LIMIT.wait(Bucket(0.0, 10.0), 10.0, 10) == 1.5


def test_a_bucket_never_holds_more_than_its_burst():
    assert LIMIT.tokens(LIMIT.full(0.0), 1_000_000.0) == 3.0


def test_a_clock_that_goes_back_neither_adds_nor_takes():
    assert LIMIT.tokens(Bucket(1.0, 100.0), 50.0) == 1.0


@pytest.mark.parametrize(("rate", "burst"), [(0.0, 1), (-1.0, 1), (1.0, 0)])
def test_a_limit_that_would_let_nothing_through_is_refused(rate, burst):
    with pytest.raises(ValueError, match="a limit needs"):
        Limit(rate, burst)


@given(
    rate=st.floats(0.01, 1000),
    burst=st.integers(1, 100),
    gaps=st.lists(st.floats(0, 100), min_size=1, max_size=50),
)
def test_no_history_takes_more_than_burst_plus_rate_times_time(rate, burst, gaps):
    limit, now, taken = Limit(rate, burst), 0.0, 0
    bucket = limit.full(now)
    for gap in gaps:
        now += gap
        bucket, more = take_all(limit, bucket, now)
        taken += more
    assert taken <= burst + rate * now + 1e-6 * taken + 1e-6


@given(rate=st.floats(0.01, 1000), burst=st.integers(1, 100), now=st.floats(0, 1e9))
def test_whoever_waits_as_long_as_told_finds_a_token(rate, burst, now):
    limit = Limit(rate, burst)
    empty = Bucket(0.0, now)
    later = now + limit.wait(empty, now)
    assert limit.wait(empty, later) < 1e-4


def test_a_throttle_cuts_at_each_refusal_and_stops_at_its_floor():
    throttle = Throttle(ceiling=30.0, rate=30.0)
    once = throttle.slowed(100.0)
    assert once.current(100.0) == pytest.approx(21.0)
    for _ in range(50):
        once = once.slowed(100.0)
    assert once.current(100.0) == pytest.approx(1.5)


def test_a_throttle_recovers_slowly_and_to_no_more_than_it_was():
    cut = Throttle(ceiling=30.0, rate=30.0).slowed(100.0)
    assert cut.current(130.0) == pytest.approx(24.0)
    assert cut.current(100.0 + Throttle.RECOVERY) == 30.0
    assert cut.current(1e9) == 30.0
