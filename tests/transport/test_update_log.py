"""How far a bot has read and confirmed its update log: `transport/updates/update_log.py`."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from transport.updates.update_log import UpdateLog, Verdict


def taken(log: UpdateLog, *places: int) -> UpdateLog:
    for place in places:
        log.take(place, place)
    return log


def test_the_update_right_after_the_head_is_next():
    assert UpdateLog(10).judge(11, 1) is Verdict.NEXT
    assert UpdateLog(10).judge(13, 3) is Verdict.NEXT


def test_an_update_further_on_leaves_a_gap():
    assert UpdateLog(10).judge(12, 1) is Verdict.GAP


def test_an_update_that_ends_at_or_before_the_head_is_a_duplicate():
    assert UpdateLog(10).judge(10, 1) is Verdict.DUPLICATE
    assert UpdateLog(10).judge(3, 1) is Verdict.DUPLICATE


def test_an_update_that_takes_no_place_is_next_at_the_head():
    assert UpdateLog(10).judge(10, 0) is Verdict.NEXT


def test_confirmed_stays_before_the_oldest_unconfirmed_update():
    log = taken(UpdateLog(10), 11, 12, 13)
    log.confirm(12)
    log.confirm(13)
    assert log.confirmed == 10
    log.confirm(11)
    assert log.confirmed == 13
    assert log.open == 0


def test_confirming_twice_or_something_unknown_changes_nothing():
    log = taken(UpdateLog(10), 11, 12)
    log.confirm(11)
    log.confirm(11)
    log.confirm(99)
    assert log.confirmed == 11
    assert log.open == 1


def test_the_bots_own_message_moves_the_head_and_needs_no_confirmation():
    log = UpdateLog(10)
    log.own(11, 1)
    assert log.judge(12, 1) is Verdict.NEXT
    assert log.confirmed == 11


def test_an_own_message_beyond_the_head_is_taken_once_the_head_reaches_it():
    log = UpdateLog(10)
    log.own(12, 1)
    log.own(13, 1)
    assert log.head == 10
    log.take(11, 11)
    assert log.head == 13
    assert log.confirmed == 10
    log.confirm(11)
    assert log.confirmed == 13


def test_an_own_message_between_two_unconfirmed_updates_is_not_confirmed_before_the_first():
    log = taken(UpdateLog(10), 11)
    log.own(12, 1)
    log.take(13, 13)
    log.confirm(13)
    assert log.confirmed == 10


def test_a_slice_of_a_difference_is_confirmed_once_all_its_updates_are():
    log = taken(UpdateLog(10), 11)
    log.take_slice([107, 108], 15)
    log.take(16, 109)
    assert (log.head, log.confirmed) == (16, 10)
    log.confirm(108)
    log.confirm(11)
    assert log.confirmed == 11
    log.confirm(109)
    log.confirm(107)
    assert log.confirmed == 16


def test_a_slice_with_nothing_in_it_is_confirmed_at_once():
    log = UpdateLog(10)
    log.take_slice([], 15)
    assert log.confirmed == 15


def test_a_jump_never_goes_back_and_a_rewind_does():
    log = taken(UpdateLog(10), 11)
    log.jump(5)
    assert log.head == 11
    log.rewind(3)
    assert (log.head, log.confirmed) == (3, 3)
    assert log.judge(4, 1) is Verdict.NEXT


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(0, 2**32))
def test_whatever_the_order_of_answers_every_incoming_update_is_taken_once_and_nothing_is_confirmed_early(kinds, seed):
    """`kinds`: which places are the bot's own. Incoming ones come in order, own answers at any time, confirmations too."""
    random = Random(seed)
    log = UpdateLog(100)
    place_of = dict(enumerate(kinds, start=101))
    incoming = [place for place, own in place_of.items() if not own]
    own = [place for place, own in place_of.items() if own]
    random.shuffle(own)
    unconfirmed: set[int] = set()
    taken_places = []
    while incoming or own or unconfirmed:
        choice = random.random()
        if own and (choice < 0.4 or not incoming):
            log.own(own.pop(), 1)
        if incoming and log.judge(incoming[0], 1) is Verdict.NEXT:
            log.take(incoming[0], incoming[0])
            taken_places.append(incoming[0])
            unconfirmed.add(incoming.pop(0))
        if unconfirmed and choice > 0.5:
            done = random.choice(sorted(unconfirmed))
            unconfirmed.discard(done)
            log.confirm(done)
        assert all(place > log.confirmed for place in unconfirmed)
    assert taken_places == [place for place, own in place_of.items() if not own]
    assert log.confirmed == log.head == 100 + len(kinds)
