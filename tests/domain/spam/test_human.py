"""The human check: what is shown, what a press is worth, how long one waits."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import UserId
from domain.trust.spam.human import (
    BUTTONS,
    KNOWN_IDS,
    LONGEST_WAIT,
    SECONDS,
    THINGS,
    Outcome,
    Record,
    has_passed,
    is_fresh,
    is_right,
    opened,
    pressed,
    shown,
)

KEY, ANNA = b"a key", UserId(10)


@given(st.integers(1, 2**40), st.integers(1, 2**33))
def test_six_different_pictures_of_which_the_named_one_is_right(user, number):
    check = shown(KEY, UserId(user), number)
    assert len({emoji for emoji, _ in check.buttons}) == len({data for _, data in check.buttons}) == BUTTONS
    right = [emoji for emoji, data in check.buttons if is_right(KEY, UserId(user), number, data)]
    assert right == [THINGS[check.thing]]
    assert all(len(f"human:{data}".encode()) <= 64 for _, data in check.buttons)


def test_the_right_one_is_anywhere():
    places = Counter()
    for number in range(600):
        check = shown(KEY, ANNA, number)
        places[[emoji for emoji, _ in check.buttons].index(THINGS[check.thing])] += 1
    assert set(places) == set(range(BUTTONS))
    assert max(places.values()) < 200


def test_data_of_another_person_round_or_key_is_wrong():
    right = next(data for _, data in shown(KEY, ANNA, 1).buttons if is_right(KEY, ANNA, 1, data))
    assert not is_right(KEY, UserId(11), 1, right)
    assert not is_right(KEY, ANNA, 2, right)
    assert not is_right(b"another", ANNA, 1, right)


@pytest.mark.parametrize("data", ["", "0", "cat", "🐱", "x" * 60])
def test_forged_data_is_wrong(data):
    assert not is_right(KEY, ANNA, 1, data)


def test_two_tries_in_a_minute_then_a_wait_that_doubles_up_to_a_day():
    record, now, waits = Record(), 0.0, []
    for number in range(10):
        record = opened(record, number + 1, now)
        record, first = pressed(record, now, right=False)
        record, second = pressed(opened(record, 100 + number, now), now, right=False)
        assert (first, second) == (Outcome.WRONG, Outcome.WAIT), "a new round gives no new tries"
        assert pressed(record, now, right=True)[1] is Outcome.WAIT
        waits.append(record.waits_until - now)
        now = record.waits_until
    assert waits[:3] == [600.0, 1200.0, 2400.0]
    assert waits[-1] == LONGEST_WAIT


def test_a_press_after_a_minute_or_without_a_check_is_too_late():
    assert pressed(Record(), 5.0, right=True)[1] is Outcome.OVER
    assert pressed(opened(Record(), 1, 0.0), SECONDS, right=True)[1] is Outcome.OVER
    record, outcome = pressed(opened(Record(), 1, 0.0), SECONDS - 1, right=True)
    assert outcome is Outcome.PASSED
    assert has_passed(record, 0.0)
    assert not has_passed(record, SECONDS)
    assert pressed(record, SECONDS - 1, right=True)[1] is Outcome.OVER


def test_an_id_above_nearly_all_earlier_ones_is_fresh():
    known = list(range(1000, 1000 + KNOWN_IDS))
    assert is_fresh(UserId(5000), known)
    assert not is_fresh(UserId(1500), known)
    assert not is_fresh(UserId(5000), known[1:]), "with fewer ids nothing can be said"
