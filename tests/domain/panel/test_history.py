"""The history of figures: steps, gaps, what an earlier process kept."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from domain.panel.history import MINUTE, MOST_SERIES, SECOND, TEN_SECONDS, History, Slot

NOON = 1_800_000_000


def filled(values, began=NOON) -> History:
    history = History()
    for at, value in enumerate(values, began):
        history.add(at, {"chats": value})
    return history


def test_each_second_is_there_and_a_second_without_a_report_is_a_gap():
    history = filled([1, None, 3])
    assert history.points(SECOND, NOON, NOON + 4)["chats"] == [1, None, 3, None]


def test_seconds_that_were_left_out_are_a_gap():
    history = History()
    history.add(NOON, {"chats": 5})
    history.add(NOON + 3, {"chats": 6})
    assert history.points(SECOND, NOON, NOON + 4)["chats"] == [5, None, None, 6]


def test_a_longer_slot_is_the_mean_of_its_known_seconds_and_is_answered_once_it_is_over():
    history = History()
    ended = [slot for at in range(NOON, NOON + 61) for slot in history.add(at, {"chats": float(at - NOON) if at % 2 else None})]
    assert ended[0] == Slot(step=TEN_SECONDS, at=NOON, values={"chats": 5.0})
    assert [slot.at for slot in ended if slot.step == TEN_SECONDS] == [NOON + 10 * at for at in range(6)]
    assert [slot for slot in ended if slot.step == MINUTE] == [Slot(step=MINUTE, at=NOON, values={"chats": 30.0})]
    assert history.points(TEN_SECONDS, NOON, NOON + 20)["chats"] == [5.0, 15.0]


def test_a_slot_in_which_nothing_was_reported_is_a_gap_and_not_zero():
    history = filled([7] * 10 + [None] * 10 + [7] * 11)
    assert history.points(TEN_SECONDS, NOON, NOON + 30)["chats"] == [7, None, 7]


def test_what_is_too_old_is_forgotten():
    history = filled(range(1000))
    assert history.points(SECOND, NOON + 98, NOON + 102)["chats"] == [None, None, 100, 101]


def test_before_this_process_began_seconds_are_read_from_what_an_earlier_one_kept():
    history = History()
    history.load(Slot(step=TEN_SECONDS, at=NOON - 20, values={"chats": 4.0}))
    history.add(NOON, {"chats": 9})
    history.add(NOON + 1, {"chats": None})
    points = history.points(SECOND, NOON - 20, NOON + 2)["chats"]
    assert points == [4.0] * 10 + [None] * 10 + [9, None]
    assert history.before("chats", NOON - 15) == 4.0


def test_more_series_than_there_is_room_for_are_left_out():
    history = History()
    history.add(NOON, {f"series {number}": 1.0 for number in range(MOST_SERIES + 10)})
    assert len(history.points(SECOND, NOON, NOON + 1)) == MOST_SERIES


@given(st.lists(st.tuples(st.integers(0, 2000), st.one_of(st.none(), st.floats(0, 1e6))), max_size=60))
def test_whatever_comes_a_second_has_its_own_value_or_none(readings):
    """Also where the clock goes back."""
    history, expected, newest = History(), {}, 0
    for after, value in readings:
        history.add(NOON + after, {"chats": value})
        newest = max(newest, after)
        if after > newest - 900:
            expected[after] = value
    for after, value in expected.items():
        if after > newest - 900:
            assert history.points(SECOND, NOON + after, NOON + after + 1).get("chats", [None])[0] == value
