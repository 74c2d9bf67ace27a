"""What the pool decides about locks of chats. Every test on a cluster and on `memory://`."""

from __future__ import annotations

import asyncio
from math import inf

import pytest

from domain.matching.locks import REMEMBERED_SECONDS, LockChat, Locked, NotLocked, Refusal
from domain.matching.requests import Fenced, Find, Free, Leave, LockedIn, Mark, Paired, Separate, Waiting
from domain.matching.talk import AskTopic
from domain.model.chat import ChatEnd
from domain.model.events import ChatEnded, ChatLocked, LockBroken, LockEnded
from domain.model.ids import Address, ChatId, LockId, UserId
from domain.model.lock import Lock
from domain.trust.reports import Reason
from tests.storage.pool.town import BLUE, MINUTE, RED, Town, lease, mark, seeker

ANNA, BORIS, CLARA = UserId(1), UserId(2), UserId(3)
BOTS = {ANNA: RED, BORIS: BLUE, CLARA: RED}
A, B = Address(RED, ANNA), Address(BLUE, BORIS)


@pytest.fixture
async def chat(town: Town) -> ChatId:
    """Anna at the red bot talks with Boris at the blue one."""
    await town.finds(seeker(ANNA, RED))
    paired = await town.finds(seeker(BORIS, BLUE))
    assert isinstance(paired, Paired)
    return paired.chat.id


async def told(town: Town, kind: type, user: UserId) -> list:
    return [event for event in await town.told(BOTS[user]) if isinstance(event, kind) and event.user == user]


def nexts(town: Town, user: UserId, chat: ChatId) -> Find:
    return town.find(seeker(user, BOTS[user]), leaving=chat)


# --- setting


async def test_a_chat_is_locked_and_both_are_told(town: Town, chat: ChatId):
    until = town.now + 5 * MINUTE
    assert await town.lock(ANNA, chat, "l1") == Locked(since=town.now, until=until, extended=False, marks={})
    for user in (ANNA, BORIS):
        expected = ChatLocked(user=user, chat=chat, lock=LockId("l1"), owner=ANNA, until=until, extended=False)
        assert await told(town, ChatLocked, user) == [expected]
    assert await town.locks.in_force() == 1


async def test_a_lock_is_set_once_however_often_it_is_asked_for(town: Town, chat: ChatId):
    first = await town.lock(ANNA, chat, "l1")
    town.now += MINUTE
    assert await town.lock(ANNA, chat, "l1") == first
    assert len(await told(town, ChatLocked, BORIS)) == 1
    town.now += 5 * MINUTE
    await town.locks.end_due()
    assert await town.lock(ANNA, chat, "l1") == first, "also after its end"
    assert isinstance(await town.leaves(BORIS, chat, BLUE), Free)


async def test_two_devices_set_one_lock_each_and_the_later_goes_on_from_the_earlier(town: Town, chat: ChatId):
    await asyncio.gather(town.lock(ANNA, chat, "l1"), town.lock(ANNA, chat, "l2", 10 * MINUTE))
    (ends,) = {event.until for event in await told(town, ChatLocked, BORIS) if event.extended}
    assert ends == town.now + 15 * MINUTE
    assert await town.locks.in_force() == 1


async def test_a_second_lock_of_the_same_owner_extends_the_first(town: Town, chat: ChatId):
    first = await town.lock(ANNA, chat, "l1")
    town.now += MINUTE
    second = await town.lock(ANNA, chat, "l2", 10 * MINUTE)
    assert second == Locked(since=first.until, until=first.until + 10 * MINUTE, extended=True, marks={})
    town.now = first.until + MINUTE
    assert await town.leaves(BORIS, chat, BLUE) == LockedIn(
        chat=(await town.status_of(BORIS)).chat, locked_until=second.until, marks={}
    )


async def test_a_lock_after_the_end_of_the_last_begins_anew(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    town.now += 6 * MINUTE
    assert await town.lock(ANNA, chat, "l2") == Locked(since=town.now, until=town.now + 5 * MINUTE, extended=False, marks={})


async def test_the_locks_of_both_members_stand_beside_each_other(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1", 5 * MINUTE)
    assert (await town.lock(BORIS, chat, "l2", 10 * MINUTE, bot=BLUE)).extended is False
    assert (await town.leaves(ANNA, chat)).locked_until == town.now + 10 * MINUTE
    assert (await town.leaves(BORIS, chat, BLUE)).locked_until == town.now + 5 * MINUTE
    town.now += 6 * MINUTE
    assert isinstance(await town.leaves(ANNA, chat), LockedIn)
    assert isinstance(await town.leaves(BORIS, chat, BLUE), Free)


async def test_a_lock_may_not_stand_for_longer_than_allowed(town: Town, chat: ChatId):
    assert isinstance(await town.lock(ANNA, chat, "l1", 15 * MINUTE, longest=20 * MINUTE), Locked)
    town.now += 9 * MINUTE
    refused = await town.lock(ANNA, chat, "l2", 15 * MINUTE, longest=20 * MINUTE)
    assert refused == NotLocked(why=Refusal.TOO_LONG, marks={})
    town.now += MINUTE
    assert await town.lock(ANNA, chat, "l2", 15 * MINUTE, longest=20 * MINUTE) == refused, "it was decided"
    assert isinstance(await town.lock(ANNA, chat, "l3", 15 * MINUTE, longest=20 * MINUTE), Locked)


async def test_only_the_present_chat_is_locked(town: Town, chat: ChatId):
    over = NotLocked(why=Refusal.OVER, marks={})
    assert await town.lock(CLARA, chat, "l1") == over, "somebody who is not in it"
    assert await town.lock(ANNA, ChatId("another"), "l2") == over
    await town.leaves(BORIS, chat, BLUE)
    assert await town.lock(ANNA, chat, "l3") == over
    assert await town.locks.in_force() == 0
    assert await told(town, ChatLocked, ANNA) == []


async def test_a_process_that_lost_the_bot_locks_nothing_and_has_decided_nothing(town: Town, chat: ChatId):
    await town.serve(lease(RED, "another", 2))
    assert await town.lock(ANNA, chat, "l1") == Fenced()
    await town.serve(lease(RED))
    assert isinstance(await town.lock(ANNA, chat, "l1"), Locked)


@pytest.mark.parametrize("seconds", [0.0, -1.0, inf])
async def test_a_lock_of_no_time_is_an_error_of_the_caller(town: Town, chat: ChatId, seconds: float):
    with pytest.raises(ValueError, match="locked for some seconds"):
        await town.lock(ANNA, chat, "l1", seconds)


async def test_an_id_that_could_break_a_key_is_refused(town: Town, chat: ChatId):
    with pytest.raises(ValueError, match="a lock's id"):
        await town.lock(ANNA, chat, "l1:2 3")


def test_a_lock_is_asked_for_without_the_number_of_its_update():
    asked = LockChat(lock=LockId("l1"), address=A, chat=ChatId("c"), seconds=300.0, longest=3600.0)
    assert asked.stamped(Mark(lease=lease(RED), pts=7), ChatId("new")).mark == Mark(lease=lease(RED), pts=None)


# --- leaving


@pytest.mark.parametrize("why", [ChatEnd.STOPPED, ChatEnd.NEXT])
async def test_the_partner_of_the_owner_cannot_leave_while_it_holds(town: Town, chat: ChatId, why: ChatEnd):
    locked = await town.lock(ANNA, chat, "l1")
    before = await town.status_of(BORIS)
    refused = LockedIn(chat=before.chat, locked_until=locked.until, marks={})
    assert await town.leaves(BORIS, chat, BLUE, why=why) == refused
    assert await town.decides(nexts(town, BORIS, chat)) == [refused]
    assert await town.status_of(BORIS) == before
    assert await told(town, ChatEnded, ANNA) == []
    town.now = locked.until
    assert isinstance(await town.leaves(BORIS, chat, BLUE, why=why), Free), "at its end, told or not"


async def test_the_status_tells_whom_a_lock_keeps_in(town: Town, chat: ChatId):
    locked = await town.lock(ANNA, chat, "l1")
    assert (await town.status_of(BORIS)).locked_until == locked.until
    assert (await town.status_of(ANNA)).locked_until == 0.0
    topic = AskTopic(address=B, chat=chat, mark=mark(BLUE))
    (answer,) = await town.decides(topic)
    assert (answer.fresh, answer.locked_until) == (True, locked.until)
    town.now = locked.until
    assert (await town.status_of(BORIS)).locked_until == 0.0


async def test_a_search_at_the_other_bot_is_no_way_out(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    assert isinstance(await town.finds(seeker(BORIS, RED)), Paired)
    assert isinstance(await town.finds(seeker(BORIS, RED), leaving=chat), LockedIn)
    assert isinstance(await town.leaves(BORIS, chat, RED), LockedIn)
    assert isinstance(await town.updates_search(seeker(BORIS, RED)), Paired)
    assert isinstance(await town.cancels(BORIS, RED), Paired)


async def test_whoever_was_refused_is_heard_when_the_same_update_comes_again(town: Town, chat: ChatId):
    """The process died before the refusal was told."""
    locked = await town.lock(ANNA, chat, "l1")
    refused = await town.leaves(BORIS, chat, BLUE, pts=7)
    assert refused.marks == {}
    assert await town.leaves(BORIS, chat, BLUE, pts=7) == refused
    town.now = locked.until
    assert await town.leaves(BORIS, chat, BLUE, pts=7) == Free(marks={BLUE: 7})


async def test_the_answer_of_a_refusal_has_the_marks_of_earlier_requests(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    await town.cancels(BORIS, BLUE, pts=3)
    await town.cancels(BORIS, RED, pts=5)
    assert (await town.leaves(BORIS, chat, BLUE, pts=7)).marks == {BLUE: 3, RED: 5}
    (refused,) = await town.decides(town.find(seeker(BORIS, BLUE), 8, leaving=chat))
    assert refused.marks == {BLUE: 3, RED: 5}


async def test_the_owner_may_leave(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    assert isinstance(await town.leaves(ANNA, chat), Free)
    assert isinstance(await town.status_of(BORIS), Free)


async def test_the_owner_may_go_on_to_the_next(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    assert isinstance((await town.decides(nexts(town, ANNA, chat)))[0], Waiting)


async def test_the_program_may_end_a_chat_that_the_user_was_told_has_ended(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    silently = Leave(address=B, chat=chat, why=ChatEnd.STOPPED, silent=True, mark=mark(BLUE))
    assert isinstance((await town.decides(silently))[0], Free)


# --- what ends a locked chat all the same


async def separates(town: Town, who: Address, other: Address, chat: ChatId, why: ChatEnd) -> None:
    reason = Reason.INSULT if why is ChatEnd.REPORTED else None
    await town.decides(Separate(address=who, partner=other, chat=chat, why=why, reason=reason, mark=mark(who.bot)))


async def goes(town: Town, who: Address, chat: ChatId, *, silent: bool) -> None:
    await town.decides(Leave(address=who, chat=chat, why=ChatEnd.GONE, silent=silent, mark=mark(who.bot)))


async def loses(town: Town, who: Address, chat: ChatId) -> None:
    await town.decides(Leave(address=who, chat=chat, why=ChatEnd.LOST, silent=True, mark=mark(who.bot)))


async def falls_silent(town: Town) -> None:
    end = town.now + 61 * MINUTE
    while town.now < end:
        town.now += MINUTE / 2
        await town.pool.end_idle(60 * MINUTE)


WAYS_OUT = {
    "the owner leaves": (lambda town, chat: town.leaves(ANNA, chat), ChatEnd.STOPPED, ANNA),
    "the owner takes the next": (lambda town, chat: town.decides(nexts(town, ANNA, chat)), ChatEnd.NEXT, ANNA),
    "the owner reports": (lambda town, chat: separates(town, A, B, chat, ChatEnd.REPORTED), ChatEnd.REPORTED, ANNA),
    "the owner blocks": (lambda town, chat: separates(town, A, B, chat, ChatEnd.BLOCKED), ChatEnd.BLOCKED, ANNA),
    "the partner reports": (lambda town, chat: separates(town, B, A, chat, ChatEnd.REPORTED), ChatEnd.REPORTED, BORIS),
    "the partner blocks": (lambda town, chat: separates(town, B, A, chat, ChatEnd.BLOCKED), ChatEnd.BLOCKED, BORIS),
    "the owner is banned": (lambda town, _: town.pool.ban(ANNA, inf), ChatEnd.BANNED, ANNA),
    "the partner is banned": (lambda town, _: town.pool.ban(BORIS, inf), ChatEnd.BANNED, BORIS),
    "the owner blocks the bot": (lambda town, chat: goes(town, A, chat, silent=True), ChatEnd.GONE, ANNA),
    "the partner blocks the bot": (lambda town, chat: goes(town, B, chat, silent=True), ChatEnd.GONE, BORIS),
    "the owner is found gone": (lambda town, chat: goes(town, B, chat, silent=False), ChatEnd.GONE, ANNA),
    "the partner is found gone": (lambda town, chat: goes(town, A, chat, silent=False), ChatEnd.GONE, BORIS),
    "the bot of the owner is removed": (lambda town, chat: loses(town, A, chat), ChatEnd.LOST, ANNA),
    "the bot of the partner is removed": (lambda town, chat: loses(town, B, chat), ChatEnd.LOST, BORIS),
}


@pytest.mark.parametrize("way", WAYS_OUT)
async def test_what_ends_a_locked_chat_tells_the_owners_bot_whose_doing_it_was(town: Town, chat: ChatId, way: str):
    locked = await town.lock(ANNA, chat, "l1")
    act, why, by = WAYS_OUT[way]
    town.now += 2 * MINUTE
    await act(town, chat)
    for user in (ANNA, BORIS):
        assert not isinstance(await town.status_of(user), Paired)
    lock = Lock(id=LockId("l1"), chat=chat, owner=A, since=locked.since, until=locked.until)
    assert await told(town, LockBroken, ANNA) == [LockBroken(user=ANNA, lock=lock, ended=town.now, why=why, by=by)]
    assert await told(town, LockBroken, BORIS) == []
    assert await town.locks.in_force() == 0


async def test_a_silent_chat_ends_whatever_holds_and_nobody_did_it(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1", 90 * MINUTE, longest=90 * MINUTE)
    await falls_silent(town)
    (broken,) = await told(town, LockBroken, ANNA)
    assert (broken.why, broken.by) == (ChatEnd.IDLE, None)


async def test_each_lock_of_a_chat_that_ends_comes_back_on_its_own(town: Town, chat: ChatId):
    """One that is over, the present one, one that waits for it, and the partner's."""
    for lock in ("l1", "l2", "l3"):
        await town.lock(ANNA, chat, lock)
    await town.lock(BORIS, chat, "l4", 20 * MINUTE, bot=BLUE)
    town.now += 6 * MINUTE
    await separates(town, A, B, chat, ChatEnd.REPORTED)
    mine = [event.lock for event in await told(town, LockBroken, ANNA)]
    assert [(lock.id, lock.left(town.now) / MINUTE) for lock in mine] == [("l2", 4.0), ("l3", 5.0)]
    (theirs,) = await told(town, LockBroken, BORIS)
    assert (theirs.lock.id, theirs.lock.owner, theirs.lock.left(town.now) / MINUTE) == ("l4", B, 14.0)


async def test_a_lock_does_not_hold_in_the_next_chat_of_the_same_two(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1", 40 * MINUTE)
    await town.leaves(ANNA, chat)
    town.now += 21 * MINUTE
    await town.finds(seeker(ANNA, RED))
    again = (await town.finds(seeker(BORIS, BLUE))).chat.id
    assert isinstance(await town.leaves(BORIS, again, BLUE), Free)


async def test_nobody_is_told_of_a_lock_whose_chat_is_over(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    await town.leaves(ANNA, chat)
    town.now += 6 * MINUTE
    assert await town.locks.end_due() is None
    assert await told(town, LockEnded, ANNA) == []


# --- the end in time


async def test_the_end_is_told_to_both_once(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    assert await town.locks.end_due() == 5 * MINUTE
    town.now += 5 * MINUTE - 0.001
    assert await town.locks.end_due() == 0.001
    town.now += 0.001
    assert await asyncio.gather(*(town.locks.end_due() for _ in range(3))) == [None] * 3
    for user in (ANNA, BORIS):
        assert await told(town, LockEnded, user) == [LockEnded(user=user, chat=chat, owner=ANNA)]
    assert await town.locks.in_force() == 0
    await town.leaves(BORIS, chat, BLUE)
    assert await told(town, LockBroken, ANNA) == []


async def test_a_lock_that_was_extended_ends_once_and_the_partners_at_its_own_time(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    await town.lock(BORIS, chat, "l2", 7 * MINUTE, bot=BLUE)
    await town.lock(ANNA, chat, "l3")
    town.now += 8 * MINUTE
    assert await town.locks.end_due() == 2 * MINUTE
    assert [event.owner for event in await told(town, LockEnded, ANNA)] == [BORIS]
    assert isinstance(await town.leaves(BORIS, chat, BLUE), LockedIn)
    town.now += 2 * MINUTE
    assert await town.locks.end_due() is None
    assert [event.owner for event in await told(town, LockEnded, BORIS)] == [BORIS, ANNA]


async def test_many_ends_of_one_moment_are_all_told_in_one_call(town: Town, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("storage.redis.pool.locks.ENDED_AT_ONCE", 3)
    for number in range(100, 120, 2):
        await town.lock(number, await town.chatting(number, number + 1), f"l{number}")
    town.now += 5 * MINUTE
    assert await town.locks.end_due() is None
    assert sorted(event.user for event in await town.told(RED) if isinstance(event, LockEnded)) == list(range(100, 120))


async def test_a_clock_that_goes_back_tells_no_end_twice_and_locks_nobody_in_anew(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    town.now += 5 * MINUTE
    await town.locks.end_due()
    town.now -= 3 * MINUTE
    assert await town.locks.end_due() is None
    assert isinstance(await town.leaves(BORIS, chat, BLUE), Free)


# --- settling


async def test_what_became_of_a_lock_is_known_also_after_its_end(town: Town, chat: ChatId):
    locked = await town.lock(ANNA, chat, "l1")
    set_lock = Lock(id=LockId("l1"), chat=chat, owner=A, since=locked.since, until=locked.until)
    assert await town.locks.settle([LockId("l1")]) == {"l1": set_lock}
    await town.leaves(ANNA, chat)
    town.now += 60 * MINUTE
    assert await town.locks.settle([LockId("l1")]) == {"l1": set_lock}


async def test_a_lock_that_was_said_not_to_be_set_never_will_be(town: Town, chat: ChatId):
    assert await town.locks.settle([LockId("l1"), LockId("l2")]) == {"l1": Refusal.VOID, "l2": Refusal.VOID}
    assert await town.lock(ANNA, chat, "l1") == NotLocked(why=Refusal.VOID, marks={})
    assert isinstance(await town.leaves(BORIS, chat, BLUE), Free)
    assert await town.locks.settle([LockId("l1")]) == {"l1": Refusal.VOID}


async def test_a_refused_lock_is_not_set(town: Town):
    await town.lock(ANNA, ChatId("none"), "l1")
    assert await town.locks.settle([LockId("l1")]) == {"l1": Refusal.OVER}
    assert await town.locks.settle([]) == {}


async def test_outcomes_are_forgotten_after_a_week(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    await town.locks.settle([LockId("l2")])
    for lock, longest in (("l1", REMEMBERED_SECONDS + 5 * MINUTE), ("l2", REMEMBERED_SECONDS)):
        kept = await town.client.pttl(f"{town.keys.tag}:lock:{lock}")
        assert longest - MINUTE < kept / 1000 <= longest


async def test_nothing_of_a_lock_is_left_after_its_chat_but_what_became_of_it(town: Town, chat: ChatId):
    await town.lock(ANNA, chat, "l1")
    await town.leaves(ANNA, chat)
    assert await town.client.exists(town.keys.locks) == 0
    assert await town.client.exists(town.keys.lock_ends) == 0
