"""Random histories with locks, through the oracle, `memory://` and a real server: all of `test_matching_histories.py`, and nobody
leaves a locked chat by a way that is not allowed, nobody is kept in by anything but a lock, and nobody is trapped. What is
allowed is said by rules of the test's own (`own_lock_rules.py`).
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from itertools import count
from math import inf

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from domain.matching.locks import LockChat, Locked, NotLocked
from domain.matching.requests import Fenced, Find, Leave, LockedIn, Paired, Separate
from domain.model.chat import ChatEnd
from domain.model.events import LockBroken, LockEnded
from domain.model.ids import Address, LockId
from domain.model.lock import Lock
from storage.redis.pool.locks import RedisLockPool
from tests.storage.pool.own_lock_rules import Cause, LockRecord, cause_of, written
from tests.storage.pool.test_matching_histories import History, chats_of, often, play, pts
from tests.storage.pool.town import MINUTE

minutes = st.sampled_from([1.0, 5.0, 10.0])
ways_out = st.sampled_from(["report", "block", "gone", "partner gone", "ban"])
owners = st.sampled_from([("partner",), ("me",), ("me", "partner"), ("partner", "partner")])


class LockHistory(History):
    @initialize()
    def begin(self):
        super().begin()
        self.lock_pools = [RedisLockPool(client, self.keys, clock=lambda: self.now) for client in self.clients]
        self.lock_ids = count(1)
        self.locks = LockRecord()
        self.asked = None
        self.heard = 0

    def decide(self, *requests):
        before = self.statuses()
        (self.asked, *_) = requests
        answers = super().decide(*requests)
        self.asked = None
        for request, answer in zip(requests, answers, strict=True):
            self.check_answer(request, answer, before[request.asker.user])
        return answers

    def check_answer(self, request, answer, stood):
        pts = request.mark.pts
        heard_before = pts is not None and pts <= stood.marks.get(request.asker.bot, 0)
        chat = stood.chat if isinstance(stood, Paired) else None
        if isinstance(answer, LockedIn):
            self.check_refusal(request, answer, stood)
        if isinstance(answer, Fenced) or heard_before:
            return
        if isinstance(request, LockChat):
            assert isinstance(answer, Locked | NotLocked)
            assert written(answer) == self.locks.note(request, chat, self.now)
        elif wishes_to_leave(request, chat) and not self.locks.keeps_in(request.asker.user, chat.id, self.now):
            assert not isinstance(answer, Paired) or answer.chat != chat, "kept in by no lock"

    def check_refusal(self, request, answer, stood):
        """It is given by a lock alone, to a wish alone, and nothing changes."""
        assert self.locks.keeps_in(request.asker.user, answer.chat.id, self.now)
        assert wishes_to_leave(request, answer.chat)
        assert self.statuses()[request.asker.user] == stood

    def check_changes(self, before, returning=None):
        super().check_changes(before, returning)
        told, self.heard = self.oracle.events[self.heard :], len(self.oracle.events)
        broken = [event for _, event in told if isinstance(event, LockBroken)]
        for chat in chats_of(before) - chats_of(self.statuses()):
            cause = self.cause_of_the_end(chat)
            if cause.wish:
                assert not self.locks.keeps_in(cause.by, chat.id, self.now), f"{cause} in spite of a lock"
            unused = self.locks.chat_ended(chat.id, self.now)
            mine = [event for event in broken if event.lock.chat == chat.id]
            assert {event.lock.id for event in mine} == unused
            assert all((event.why, event.by) == (cause.why, cause.by) for event in mine)
            broken = [event for event in broken if event not in mine]
        assert not broken, "of a chat that goes on"

    def cause_of_the_end(self, chat):
        if self.asked is not None:
            return cause_of(self.asked, chat)
        [banned] = [user for user in (chat.first.user, chat.second.user) if self.record.is_banned(user, self.now)]
        return Cause(banned, ChatEnd.BANNED, wish=False)

    # --- steps

    @precondition(lambda self: self.oracle.chats)
    @rule(which=st.integers(0, 5), position=pts, held=often, long=minutes, again=st.booleans(), old=st.integers(0, 7))
    def lock_the_chat(self, which, position, held, long, again, old):
        """Now and then an old chat, or a lock that was asked for before."""
        user = self.somebody_chatting(which)
        chat = self.oracle.chats[user] if old else None
        address = chat.side_of(user) if chat else Address(self.oracle.chats[user].first.bot, user)
        asked = LockChat(
            lock=self.lock_id(again=again),
            address=address,
            chat=chat.id if chat else self.chats[which % len(self.chats)],
            seconds=long * MINUTE,
            longest=12 * MINUTE,
            mark=self.mark(address.bot, position, held=held),
        )
        self.decide(asked)

    @precondition(lambda self: self.oracle.chats)
    @rule(which=st.integers(0, 5), owners=owners, after=st.sampled_from([0.0, 59.999, 60.0, 119.999]), next_one=st.booleans())
    def the_chat_is_locked_and_a_member_wishes_to_leave(self, which, owners, after, next_one):
        user = self.somebody_chatting(which)
        chat = self.oracle.chats[user]
        me = chat.side_of(user)
        self.lock_for_a_minute(chat, [me if owner == "me" else chat.partner_of(user) for owner in owners])
        self.set_clock(after)
        mark = self.mark(me.bot, "new", held=True)
        if next_one:
            seeker = replace(self.record.seeking[user], address=me)
            self.decide(Find(seeker=seeker, chat=self.new_chat(), leaving=chat.id, mark=mark))
        else:
            self.decide(Leave(address=me, chat=chat.id, why=ChatEnd.STOPPED, mark=mark))

    @precondition(lambda self: self.oracle.chats)
    @rule(which=st.integers(0, 5), owners=owners, after=st.sampled_from([59.999, 60.0, 120.0]))
    def locks_come_to_their_end(self, which, owners, after):
        user = self.somebody_chatting(which)
        chat = self.oracle.chats[user]
        self.lock_for_a_minute(chat, [chat.side_of(user) if owner == "me" else chat.partner_of(user) for owner in owners])
        self.set_clock(after)
        self.end_locks_in_time()

    @precondition(lambda self: self.oracle.chats)
    @rule(which=st.integers(0, 5), way=ways_out)
    def whoever_is_locked_in_gets_out_in_one_step(self, which, way):
        user = self.somebody_chatting(which)
        chat = self.oracle.chats[user]
        self.lock_for_a_minute(chat, [chat.partner_of(user)])
        if way == "ban":
            self.ban_for_an_hour(user)
        else:
            self.decide(self.way_out(way, user, chat))
        after = self.statuses()
        assert not any(isinstance(after[each.user], Paired) for each in (chat.first, chat.second))

    @rule(ids=st.lists(st.booleans(), min_size=1, max_size=3))
    def settle(self, ids):
        """Locks that were asked for, and some that will be."""
        asked = [self.lock_id(again=again) for again in dict.fromkeys(ids)]
        expected = self.oracle.locks.settle(asked)
        for pool in self.lock_pools:
            assert self.runner.run(pool.settle(asked)) == expected
        for lock, found in expected.items():
            assert isinstance(found, Lock) == self.locks.void(lock)

    @rule()
    def end_locks_in_time(self):
        expected = self.oracle.end_due_locks()
        for pool in self.lock_pools:
            assert self.runner.run(pool.end_due()) == expected
        told, self.heard = self.oracle.events[self.heard :], len(self.oracle.events)
        over = self.locks.time_is_over(self.now)
        heard = sorted((event.chat, event.owner, event.user) for _, event in told)
        both = [(chat, owner, member.user) for chat, owner in over for member in self.members(owner)]
        assert all(isinstance(event, LockEnded) for _, event in told)
        assert heard == sorted(both)

    # --- invariants

    @invariant()
    def nobody_is_trapped(self):
        """Whoever chats is out in one step, by each of these ways, and their partner too."""
        if not hasattr(self, "locks"):
            return
        for user, chat in self.oracle.chats.items():
            for way in ("report", "block", "gone"):
                world = self.copy_of_the_oracle()
                world.decide(self.way_out(way, user, chat))
                assert not world.chats.keys() & {chat.first.user, chat.second.user}, f"{user} is trapped: {way}"
            world = self.copy_of_the_oracle()
            world.ban(user, inf)
            assert not world.chats.keys() & {chat.first.user, chat.second.user}

    @invariant()
    def no_lock_ends_twice(self):
        if hasattr(self, "locks"):
            assert len(self.locks.finished) == len(set(self.locks.finished))

    @invariant()
    def locks_are_kept_for_live_chats_only(self):
        """By what is stored, which no answer shows."""
        if not hasattr(self, "locks"):
            return
        for client, pool in zip(self.clients, self.lock_pools, strict=True):
            kept = {chat.decode() for chat in self.runner.run(client.hkeys(self.keys.locks))}
            assert kept == {paid.chat for paid in self.locks.standing}
            assert kept <= {chat.id for chat in self.oracle.chats.values()}
            whose = {(paid.chat, paid.owner) for paid in self.locks.standing}
            assert self.runner.run(pool.in_force()) == len(whose)

    # --- helpers

    def lock_for_a_minute(self, chat, owners):
        """Each of them once."""
        for owner in owners:
            asked = {"lock": self.lock_id(), "seconds": MINUTE, "longest": 60 * MINUTE}
            self.decide(LockChat(address=owner, chat=chat.id, mark=self.mark(owner.bot, None, held=True), **asked))

    def lock_id(self, *, again=False):
        known = list(self.locks.said)
        return known[-1] if again and known else LockId(f"lock-{next(self.lock_ids)}")

    def way_out(self, way, user, chat):
        me, mark = chat.side_of(user), self.mark(chat.side_of(user).bot, None, held=True)
        if way in {"gone", "partner gone"}:
            return Leave(address=me, chat=chat.id, why=ChatEnd.GONE, silent=way == "gone", mark=mark)
        why = ChatEnd.REPORTED if way == "report" else ChatEnd.BLOCKED
        return Separate(address=me, partner=chat.partner_of(user), chat=chat.id, why=why, mark=mark)

    def ban_for_an_hour(self, user):
        before, until = self.statuses(), self.now + 60 * MINUTE
        self.record.ban(user, until, self.now)
        self.oracle.ban(user, until)
        for pool in self.pools:
            self.runner.run(pool.ban(user, until))
        self.check_changes(before)

    def members(self, user):
        chat = self.oracle.chats[user]
        return chat.first, chat.second

    def copy_of_the_oracle(self):
        """Deep where a way out changes something."""
        oracle = self.oracle
        own = {name: deepcopy(getattr(oracle, name)) for name in ("blocks", "reported", "bans", "locks", "recents")}
        return replace(oracle, chats=dict(oracle.chats), events=[], **own)


def wishes_to_leave(request, chat):
    """Whether this asks to leave that chat for no other reason than that a member wants to."""
    if chat is None:
        return False
    if isinstance(request, Find):
        return request.leaving == chat.id
    return isinstance(request, Leave) and request.chat == chat.id and request.why in ("stopped", "next") and not request.silent


@pytest.mark.timeout(180)
def test_random_histories_with_locks_decide_the_same_everywhere(redis_url):
    play(25, 30, "memory://", redis_url, machine=LockHistory)


@pytest.mark.timeout(180)
def test_nobody_leaves_a_locked_chat_by_a_way_that_is_not_allowed_and_nobody_is_trapped():
    """Many more histories than stores have time for."""
    play(300, 50, machine=LockHistory)
