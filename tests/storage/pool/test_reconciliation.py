"""What the pool's server has forgotten is known, and is put back in few round trips."""

from __future__ import annotations

import time
from math import inf

import pytest

from domain.matching.requests import Banned, Free, LockedIn, Memory, Paired, Waiting
from domain.model.chat import Chat, ChatEnd
from domain.model.events import ChatEnded, LockBroken, LockEnded
from domain.model.ids import Address, ChatId, LockId, UserId
from domain.model.lock import Lock
from domain.model.separation import Apart, Separation
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.redis.scripts import Scripts
from tests.storage.pool.town import BLUE, LIVE, MINUTE, RED

ANNA, BORIS = 1, 2
OLD = Chat(id=ChatId("old"), first=Address(RED, UserId(ANNA)), second=Address(BLUE, UserId(BORIS)), started=1000.0)


@pytest.fixture
def another(town):
    """The same pool, as another process sees it."""
    return lambda: RedisReconciliation(town.client, town.keys, LIVE)


@pytest.fixture
async def known(another):
    """Of a pool whose memory was looked at."""
    known = another()
    await known.memory()
    return known


@pytest.fixture(autouse=True)
async def restarted(client):
    """Has happened before each test, and happens again where it is called."""
    await client.script_flush()
    return client.script_flush


async def test_a_new_pool_knows_nothing_until_all_is_put_back(known):
    assert await known.memory() is Memory.WIPED
    await known.settled()
    assert await known.memory() is Memory.INTACT


async def test_a_restart_is_noticed_until_all_is_settled(known, restarted):
    await known.settled()
    await restarted()
    assert await known.memory() is Memory.RESTARTED
    await known.settled()
    assert await known.memory() is Memory.INTACT


async def test_nothing_is_settled_where_the_server_was_restarted_meanwhile(known, restarted):
    await known.settled()
    for again in (restarted, _nothing):
        await restarted()
        assert await known.memory() is Memory.RESTARTED
        await again()
        await known.settled()
    assert await known.memory() is Memory.INTACT


async def _nothing() -> None:
    pass


async def test_one_process_settles_it_for_all(known, another):
    other = another()
    assert await other.memory() is Memory.WIPED
    await known.settled()
    assert await other.memory() is Memory.INTACT


async def test_chats_are_put_back_after_the_server_lost_everything(town, known):
    chats = [
        Chat(id=ChatId(f"old-{n}"), first=Address(RED, UserId(n)), second=Address(BLUE, UserId(1000 + n)), started=town.now)
        for n in range(1, 251)
    ]
    assert await known.put_back(chats) == 250
    assert await town.status_of(1250) == Paired(chat=chats[-1], marks={})
    assert (await town.pool.counts()).chats == 250
    assert {chat.id async for chat in known.chats()} == {chat.id for chat in chats}
    assert await known.unknown([*chats, OLD]) == {OLD.id}
    assert await town.leaves(1, chats[0].id) == Free(marks={})
    assert await town.told(BLUE) == [ChatEnded(user=UserId(1001), chat=chats[0].id, why=ChatEnd.STOPPED)]


async def test_whoever_waits_in_spite_of_a_chat_is_taken_from_the_queue(town, known):
    await town.finds(ANNA)
    assert await known.put_back([OLD]) == 1
    assert (await town.status_of(ANNA)).chat == OLD
    assert (await town.pool.counts()).waiting == 0


async def test_a_chat_whose_member_is_in_another_by_now_is_lost_and_both_are_told(town, known):
    await town.finds(3)
    now = (await town.finds(ANNA)).chat.id
    assert await known.put_back([OLD]) == 0
    assert (await town.status_of(ANNA)).chat.id == now
    assert ChatEnded(user=UserId(ANNA), chat=OLD.id, why=ChatEnd.LOST) in await town.told(RED)
    assert await town.told(BLUE) == [ChatEnded(user=UserId(BORIS), chat=OLD.id, why=ChatEnd.LOST)]


async def test_nothing_is_put_back_in_a_pool_that_somebody_else_has_put_right_meanwhile(town, known, another):
    other = another()
    await other.memory()
    await other.settled()
    assert await known.put_back([OLD]) == 0
    assert await town.status_of(ANNA) == Free(marks={})


async def test_bans_are_put_back_and_nobody_is_told_that_a_profile_changed(town, known):
    bans = [(UserId(n), inf if n % 2 else town.now + MINUTE) for n in range(1, 401)]
    assert await known.put_bans_back(bans) == set()
    assert isinstance(await town.status_of(ANNA), Banned)
    assert await town.status_of(400) == Banned(until=town.now + MINUTE, marks={})
    assert await town.client.xlen(town.keys.news) == 0
    assert await known.put_back([OLD]) == 0


async def test_who_searches_in_spite_of_a_ban_is_named(town, known):
    await town.finds(ANNA)
    assert await known.put_bans_back([(UserId(ANNA), inf), (UserId(BORIS), inf)]) == {ANNA}
    assert isinstance(await town.status_of(ANNA), Waiting)


async def test_blocks_are_put_back_in_one_round_trip(town, known, monkeypatch):
    trips, send = [], Scripts._send

    async def counted(self, calls):
        trips.append(len(calls))
        return await send(self, calls)

    await town.pool.block(UserId(900), UserId(901))
    with monkeypatch.context() as patch:
        patch.setattr(Scripts, "_send", counted)
        await known.put_blocks_back([Separation(user=UserId(1), other=UserId(n)) for n in range(2, 402)])
    assert trips == [400]
    await town.finds(ANNA)
    assert isinstance(await town.finds(BORIS), Waiting)


async def test_what_a_report_parted_is_put_back_and_no_lifted_block_brings_it_together(town, known):
    await known.put_blocks_back([Separation(user=UserId(ANNA), other=UserId(BORIS), why=Apart.REPORT)])
    await town.pool.block(UserId(ANNA), UserId(BORIS), blocked=False)
    await town.pool.block(UserId(BORIS), UserId(ANNA), blocked=False)
    await town.finds(ANNA)
    assert isinstance(await town.finds(BORIS), Waiting)


# --- locks


def lock(number: int, owner: Address, since: float, minutes: float = 5, chat: ChatId = OLD.id) -> Lock:
    return Lock(id=LockId(f"l{number}"), chat=chat, owner=owner, since=since, until=since + minutes * MINUTE)


async def test_locks_are_put_back_after_their_chats(town, known):
    """One that goes on from another, in whatever order, and the partner's."""
    anna, boris, start = OLD.first, OLD.second, town.now - MINUTE
    locks = [lock(2, anna, start + 5 * MINUTE, 10), lock(1, anna, start), lock(3, boris, start)]
    await known.put_back([OLD])
    assert await known.put_locks_back(locks) == 3
    assert await town.leaves(BORIS, OLD.id, BLUE) == LockedIn(chat=OLD, locked_until=locks[0].until, marks={})
    assert await town.leaves(ANNA, OLD.id) == LockedIn(chat=OLD, locked_until=locks[2].until, marks={})
    assert await town.locks.settle([each.id for each in locks]) == {each.id: each for each in locks}
    town.now = locks[2].until
    assert await town.locks.end_due() == 10 * MINUTE
    assert await town.told(RED) == [LockEnded(user=UserId(ANNA), chat=OLD.id, owner=UserId(BORIS))]


async def test_a_lock_that_ran_out_while_the_server_was_away_is_told_to_have_ended(town, known):
    await known.put_back([OLD])
    await known.put_locks_back([lock(1, OLD.first, town.now - 6 * MINUTE)])
    assert await town.locks.end_due() is None
    assert await town.told(BLUE) == [LockEnded(user=UserId(BORIS), chat=OLD.id, owner=UserId(ANNA))]
    assert isinstance(await town.leaves(BORIS, OLD.id, BLUE), Free)


async def test_a_lock_without_its_chat_is_not_put_back(town, known):
    assert await known.put_locks_back([lock(1, OLD.first, town.now)]) == 0
    assert await town.locks.in_force() == 0


async def test_what_the_pool_knows_of_a_lock_stays_as_it_is(town, known):
    """In force, or ended in time: a server that was only restarted knows it."""
    chat = await town.chatting(ANNA, BORIS)
    owner = Address(RED, UserId(ANNA))
    for number in (1, 2):
        await town.lock(ANNA, chat, f"l{number}")
    again = [lock(number, owner, town.now, 50, chat) for number in (1, 2)]
    assert await known.put_locks_back(again) == 0
    town.now += 10 * MINUTE
    assert await town.locks.end_due() is None
    assert await known.put_locks_back(again) == 0
    assert isinstance(await town.leaves(BORIS, chat), Free)


async def test_a_lock_that_a_restarted_server_has_lost_goes_on_from_the_one_it_knows(town, known):
    chat = await town.chatting(ANNA, BORIS)
    first = await town.lock(ANNA, chat, "l1")
    lost = lock(2, Address(RED, UserId(ANNA)), first.until, 5, chat)
    assert await known.put_locks_back([lost]) == 1
    assert (await town.leaves(BORIS, chat)).locked_until == lost.until
    assert await town.locks.in_force() == 1


async def test_locks_of_chats_that_an_older_release_has_ended_are_dropped_and_their_owners_hear_of_it(town, known):
    """A worker of that release knows nothing of locks, and ends the chat without them."""
    town.now = time.time()
    stray, alive = await town.chatting(ANNA, BORIS), await town.chatting(3, 4)
    set_lock, _ = await town.lock(ANNA, stray, "l1"), await town.lock(3, alive, "l2")
    assert await known.drop_stray_locks() == 0
    await town.client.hdel(town.keys.chats, stray)
    town.now += MINUTE
    assert await known.drop_stray_locks() == 1
    assert await known.drop_stray_locks() == 0
    assert await town.locks.in_force() == 1
    (broken,) = [event for event in await town.told(RED) if isinstance(event, LockBroken)]
    assert (broken.lock.id, broken.lock.until, broken.why, broken.by) == ("l1", set_lock.until, ChatEnd.LOST, None)


async def test_a_chat_that_is_ended_as_the_records_say_hands_its_locks_over(town, known):
    town.now = time.time()
    chat = await town.chatting(ANNA, BORIS)
    await town.lock(ANNA, chat, "l1")
    assert await known.end([chat]) == 1
    (broken,) = [event for event in await town.told(RED) if isinstance(event, LockBroken)]
    assert (broken.why, broken.by) == (ChatEnd.LOST, None)


async def test_a_chat_that_an_operator_ends_is_ended_though_both_have_locked_it(town, known):
    town.now = time.time()
    chat = await town.chatting(ANNA, BORIS)
    await town.lock(ANNA, chat, "l1")
    await town.lock(BORIS, chat, "l2")
    assert await known.end([chat], ChatEnd.OPERATOR) == 1
    assert await known.end([chat], ChatEnd.OPERATOR) == 0
    events = [*await town.told(RED), *await town.told(BLUE)]
    assert {(event.user, event.why) for event in events if isinstance(event, ChatEnded)} == {
        (ANNA, ChatEnd.OPERATOR),
        (BORIS, ChatEnd.OPERATOR),
    }
    assert {(event.lock.id, event.why) for event in events if isinstance(event, LockBroken)} == {
        ("l1", ChatEnd.OPERATOR),
        ("l2", ChatEnd.OPERATOR),
    }


async def test_a_lock_that_is_paid_is_put_back_although_a_wiped_pool_has_said_that_it_was_not_set(town, known):
    chat = await town.chatting(ANNA, BORIS)
    await town.locks.settle([LockId("l3")])
    paid = [lock(3, Address(RED, UserId(ANNA)), town.now, 50, chat)]
    assert [await known.put_locks_back(paid) for _ in range(2)] == [1, 0]
    assert await town.locks.settle([LockId("l3")]) == {"l3": paid[0]}
    assert await town.locks.in_force() == 1
