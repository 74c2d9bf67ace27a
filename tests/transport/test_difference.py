"""What a difference tells, put back into the order of the log: `transport/difference.py`."""

from pyrogram import raw

from transport.difference import in_order

NOW = 1_800_000_000


def message(number: int) -> raw.types.Message:
    return raw.types.Message(id=number, peer_id=raw.types.PeerUser(user_id=5), date=NOW, message=f"text {number}")


def edit(number: int, pts: int) -> raw.types.UpdateEditMessage:
    return raw.types.UpdateEditMessage(message=message(number), pts=pts, pts_count=1)


def difference(messages=(), others=()) -> raw.types.updates.Difference:
    state = raw.types.updates.State(pts=0, qts=0, date=NOW, seq=0, unread_count=0)
    return raw.types.updates.Difference(
        new_messages=list(messages), new_encrypted_messages=[], other_updates=list(others), chats=[], users=[], state=state
    )


def places(updates) -> list[tuple[int, int]]:
    return [(update.message.id, update.pts) for update in updates]


def test_messages_stand_in_the_order_of_their_ids():
    found = in_order(difference([message(8), message(7)]), after=20, upto=22)
    assert places(found) == [(7, 21), (8, 22)]


def test_messages_fill_the_places_that_edits_leave_free():
    found = in_order(difference([message(7), message(8)], [edit(3, 22)]), after=20, upto=23)
    assert places(found) == [(7, 21), (3, 22), (8, 23)]


def test_where_messages_were_deleted_the_rest_take_the_newest_places():
    found = in_order(difference([message(7), message(9)]), after=20, upto=24)
    assert places(found) == [(7, 23), (9, 24)]


def test_where_the_log_has_fewer_places_than_messages_none_is_left_out():
    found = in_order(difference([message(7), message(8), message(9)]), after=20, upto=22)
    assert places(found) == [(7, 21), (8, 21), (9, 22)]


def test_what_has_no_place_in_the_log_comes_last():
    stop = raw.types.UpdateBotStopped(user_id=5, date=NOW, stopped=True, qts=4)
    found = in_order(difference([message(7)], [stop]), after=20, upto=21)
    assert found[-1] is stop
    assert places(found[:1]) == [(7, 21)]


def test_an_empty_difference_has_nothing():
    assert in_order(difference(), after=20, upto=20) == []
