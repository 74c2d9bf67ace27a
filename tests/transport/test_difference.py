"""The order in which the updates of a difference are delivered: `transport/updates/difference.py`."""

from pyrogram import raw

from transport.updates.difference import in_order

NOW = 1_800_000_000


def message(number: int, *, at: int = 0, edited: int | None = None) -> raw.types.Message:
    peer = raw.types.PeerUser(user_id=5)
    return raw.types.Message(id=number, peer_id=peer, date=NOW + at, message=f"text {number}", edit_date=edited and NOW + edited)


def edit(number: int, pts: int, *, at: int) -> raw.types.UpdateEditMessage:
    return raw.types.UpdateEditMessage(message=message(number, edited=at), pts=pts, pts_count=1)


def difference(messages=(), others=()) -> raw.types.updates.Difference:
    state = raw.types.updates.State(pts=0, qts=0, date=NOW, seq=0, unread_count=0)
    return raw.types.updates.Difference(
        new_messages=list(messages), new_encrypted_messages=[], other_updates=list(others), chats=[], users=[], state=state
    )


def line(updates) -> list[str]:
    kinds = {raw.types.UpdateNewMessage: "new", raw.types.UpdateEditMessage: "edit"}
    return [f"{kinds[type(update)]} {update.message.id}" for update in updates]


def test_messages_are_ordered_by_id():
    assert line(in_order(difference([message(8, at=2), message(7, at=3)]))) == ["new 7", "new 8"]


def test_an_edit_comes_after_the_messages_written_before_it():
    found = in_order(difference([message(7, at=1), message(8, at=9)], [edit(3, 22, at=5)]))
    assert line(found) == ["new 7", "edit 3", "new 8"]


def test_an_edit_comes_after_the_message_that_it_changes_whatever_its_time():
    found = in_order(difference([message(7, at=50), message(8, at=50)], [edit(7, 22, at=5)]))
    assert line(found) == ["new 7", "new 8", "edit 7"]


def test_edits_of_the_same_second_are_in_the_order_of_the_log():
    found = in_order(difference([], [edit(4, 23, at=5), edit(3, 22, at=5)]))
    assert line(found) == ["edit 3", "edit 4"]


def test_a_message_that_is_listed_twice_is_delivered_once():
    again = raw.types.UpdateNewMessage(message=message(7), pts=21, pts_count=1)
    assert line(in_order(difference([message(7)], [again]))) == ["new 7"]


def test_updates_of_the_other_log_come_last_in_the_order_of_that_log():
    stops = [raw.types.UpdateBotStopped(user_id=5, date=NOW, stopped=True, qts=qts) for qts in (5, 4)]
    found = in_order(difference([message(7)], stops))
    assert line(found[:1]) == ["new 7"]
    assert [stop.qts for stop in found[1:]] == [4, 5]


def test_an_empty_difference_has_nothing():
    assert in_order(difference()) == []
