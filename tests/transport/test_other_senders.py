"""Messages that this bot did not send, and those that only look like it. In virtual time."""

from __future__ import annotations

import asyncio

from pyrogram import raw

from tests.virtual_time import in_virtual_time
from transport.updates.other_senders import LEAST, SETTLED_SECONDS, TOLD_SECONDS, OtherSenders

ANNA = 4_294_967_297


def update(message: int, *, out: bool = True) -> raw.types.UpdateNewMessage:
    peer = raw.types.PeerUser(user_id=ANNA)
    body = raw.types.Message(id=message, peer_id=peer, date=0, message="hello", out=out)
    return raw.types.UpdateNewMessage(message=body, pts=message, pts_count=1)


@in_virtual_time
async def test_messages_that_no_call_of_ours_was_answered_with_are_counted_for_a_while():
    others = OtherSenders()
    for message in range(LEAST):
        others.look(update(message))
    assert others.count == 0, "our own answer may still come"
    await asyncio.sleep(SETTLED_SECONDS + 1)
    assert others.count == LEAST
    await asyncio.sleep(TOLD_SECONDS)
    assert others.count == 0


@in_virtual_time
async def test_own_messages_are_not_counted_whether_the_answer_came_before_or_after():
    others = OtherSenders()
    others.sent([1, 2])
    for message in (1, 2, 3, 4):
        others.look(update(message))
    others.sent([3, 4])
    await asyncio.sleep(SETTLED_SECONDS + 1)
    assert others.count == 0


@in_virtual_time
async def test_messages_to_somebody_to_whom_a_call_had_no_answer_are_no_evidence():
    others = OtherSenders()
    for message in range(5):
        others.look(update(message))
    others.unanswered(ANNA)
    await asyncio.sleep(SETTLED_SECONDS + 1)
    assert others.count == 0


@in_virtual_time
async def test_what_people_write_and_a_single_message_are_not_counted():
    others = OtherSenders()
    for message in range(5):
        others.look(update(message, out=False))
    others.look(update(9))
    await asyncio.sleep(SETTLED_SECONDS + 1)
    assert others.count == 0
