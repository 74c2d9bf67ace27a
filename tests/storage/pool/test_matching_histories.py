"""Random histories through the oracle, `memory://` and a real server: equal answers, equal events, and nobody ever in two chats,
alone in one, waiting while in one, or paired with somebody unwanted. What is unwanted is said by rules of the test's own
(`own_rules.py`), so that the oracle and the scripts cannot be wrong together.

The clock goes back too. All decide by what it shows: who waits then waits by so much longer, and a ban that had run out holds
again for new searches. It ends no search and no chat that began in between.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from domain.matching.requests import (
    Banned,
    Cancel,
    Fenced,
    Find,
    GetStatus,
    Leave,
    LiftBlock,
    Mark,
    Paired,
    Seeker,
    Separate,
    UpdateSearch,
    Waiting,
)
from domain.matching.rules import Oracle
from domain.matching.talk import AskTopic, OfferName, Return
from domain.model.bot import Lease
from domain.model.chat import ChatEnd
from domain.model.ids import Address, ChatId, MessageId, UserId
from domain.model.inbound import ButtonPressed
from domain.model.profile import AgeBand, Gender, Wishes
from domain.trust.reports import Reason
from storage.redis.client import open_redis
from storage.redis.keys import Keys, written
from storage.redis.pool.pool import RedisPool
from storage.redis.streams.event_codec import decode
from tests.storage.pool.own_rules import Record, pair_of
from tests.storage.pool.town import BLUE, LIVE, MINUTE, RED, RULES

USERS = [UserId(number) for number in (7, 10, 11, 12, 100, 5_000_000_001)]
BOTS = [RED, BLUE]
GENDERS = list(Gender)
BANDS = [AgeBand.MINOR, AgeBand.FROM_18, AgeBand.FROM_25]
PRESS = ButtonPressed(user=USERS[0], query=1, message=MessageId(1), data="unblock:1")
numbers = count(1)

users = st.sampled_from(USERS)
bots = st.sampled_from(BOTS)
often = st.sampled_from([True, True, True, False])
wishes = st.one_of(
    st.just(Wishes()),
    st.builds(
        Wishes,
        genders=st.frozensets(st.sampled_from(GENDERS), min_size=1),
        bands=st.frozensets(st.sampled_from(BANDS), min_size=1),
    ),
)
seekers = st.builds(
    Seeker,
    address=st.builds(Address, bots, users),
    gender=st.sampled_from(GENDERS),
    band=st.sampled_from(BANDS),
    vip=st.booleans(),
    wishes=wishes,
    scope=st.sampled_from(["*", "*", "*", "100"]),
)
reasons = st.one_of(st.none(), st.sampled_from(Reason))
pts = st.one_of(st.none(), st.sampled_from(["new", "new", "again"]))


class History(RuleBasedStateMachine):
    """Two processes, `a` and `b`, take turns with two bots; either may act on a lease that it lost."""

    stores: tuple[str, ...] = ()
    """Their addresses; without any, the oracle is held against the rules alone."""

    @initialize()
    def begin(self):
        self.runner = asyncio.Runner()
        self.now = 1_800_000_000.0
        self.keys = Keys(f"history-{next(numbers)}")
        self.oracle = Oracle(RULES, self.now)
        self.clients = [open_redis(address) for address in self.stores]
        self.pools = [self.new_pool(client) for client in self.clients]
        self.swept_chats = count(1)
        self.pts = count(1)
        self.last_pts = 1
        self.chats = [ChatId("never")]
        self.former = []
        self.made = count(1)
        self.history = []
        self.record = Record()
        self.stale = {bot: Lease(bot=bot, owner="nobody", token=0) for bot in BOTS}
        for bot in BOTS:
            self.serve(Lease(bot=bot, owner="a", token=1))

    def new_pool(self, client):
        ids = (ChatId(f"swept-{number}") for number in count(1))
        return RedisPool(client, self.keys, LIVE, clock=lambda: self.now, new_chat=lambda: next(ids))

    def teardown(self):
        if hasattr(self, "runner"):
            for client in self.clients:
                self.runner.run(client.aclose())
            self.runner.close()

    def serve(self, lease):
        self.oracle.leases[lease.bot] = lease
        for client in self.clients:
            self.runner.run(client.set(self.keys.lease(lease.bot), written(lease)))

    def mark(self, bot, position, *, held):
        if position == "new":
            self.last_pts = next(self.pts)
        lease = self.oracle.leases[bot] if held else self.stale[bot]
        return Mark(lease=lease, pts=self.last_pts if position else None)

    def decide(self, *requests):
        """All stores decide the same, and what came of it is held against rules of this test's own. The answers."""
        before = self.statuses()
        expected = [self.oracle.decide(request) for request in requests]
        for pool in self.pools:
            assert self.runner.run(pool.decide(requests)) == expected
        self.history += requests
        for request, answer in zip(requests, expected, strict=True):
            self.note_who_seeks(request, answer, before)
            self.note_who_parts(request, answer, before)
        (returning,) = [each for each in requests if isinstance(each, Return)] or [None]
        self.check_changes(before, returning)
        return expected

    def statuses(self):
        return {user: self.oracle.decide(GetStatus(user=user)) for user in USERS}

    def note_who_seeks(self, request, answer, before):
        match request:
            case Find(seeker=seeker) if isinstance(answer, Waiting | Paired) and answer.fresh:
                self.record.seeking[seeker.address.user] = seeker
            case UpdateSearch(seeker=seeker, mark=mark) if not isinstance(answer, Fenced):
                stood = before[seeker.address.user]
                heard = mark.pts is not None and mark.pts <= stood.marks.get(seeker.address.bot, 0)
                if isinstance(stood, Waiting) and not heard:
                    self.record.seeking[seeker.address.user] = seeker
            case Return() if not isinstance(answer, Fenced):
                self.record.wish(request, self.now)

    def note_who_parts(self, request, answer, before):
        if isinstance(answer, Fenced) or not isinstance(request, Separate | LiftBlock):
            return
        user, pts = request.asker.user, request.mark.pts
        if pts is not None and pts <= before[user].marks.get(request.asker.bot, 0):
            return
        if isinstance(request, LiftBlock):
            self.record.blocked.discard((user, request.other))
        elif request.why is ChatEnd.REPORTED:
            self.record.reported.add(frozenset({user, request.partner.user}))
        else:
            self.record.blocked.add((user, request.partner.user))

    def check_changes(self, before, returning=None):
        after = self.statuses()
        former, present = chats_of(before), chats_of(after)
        for user, status in after.items():
            if began(before[user], status):
                assert not self.record.is_banned(user, self.now), f"{user} is banned, and searches"
        for chat in former - present:
            self.record.together[pair_of(chat)] = self.now
        self.former += former - present
        for chat in present - former:
            if returning is None:
                assert not self.record.objections(chat.first.user, chat.second.user, self.now)
            else:
                assert not self.record.objections_to_a_return(chat, returning.former, self.now)
            self.record.together[pair_of(chat)] = self.now
            self.chats.append(chat.id)

    @rule(seeker=seekers, position=pts, held=often, priority=st.booleans(), leaving=st.booleans(), which=st.integers(0, 3))
    def find(self, seeker, position, held, priority, leaving, which):
        left = self.current_or_old_chat(seeker.address.user, which) if leaving else None
        mark = self.mark(seeker.address.bot, position, held=held)
        self.decide(Find(seeker=seeker, chat=self.new_chat(), mark=mark, leaving=left, priority=priority))

    @rule(one=seekers, other=seekers)
    def two_find_at_once(self, one, other):
        finds = [
            Find(seeker=each, chat=self.new_chat(), mark=self.mark(each.address.bot, None, held=True)) for each in (one, other)
        ]
        self.decide(*finds)

    @rule(seeker=seekers, position=pts, held=often)
    def update_search(self, seeker, position, held):
        mark = self.mark(seeker.address.bot, position, held=held)
        self.decide(UpdateSearch(seeker=seeker, chat=self.new_chat(), mark=mark))

    @rule(user=users, bot=bots, position=pts, held=often)
    def cancel(self, user, bot, position, held):
        self.decide(Cancel(address=Address(bot, user), mark=self.mark(bot, position, held=held)))

    @rule(user=users, bot=bots, position=pts, held=often, which=st.integers(0, 3), why=st.sampled_from(ChatEnd))
    def leave(self, user, bot, position, held, which, why):
        chat = self.current_or_old_chat(user, which)
        mark = self.mark(bot, position, held=held)
        self.decide(Leave(address=Address(bot, user), chat=chat, why=why, silent=which == 1, mark=mark))

    @rule(user=users, bot=bots, position=pts, held=often, which=st.integers(0, 3), other=users, reason=reasons)
    def separate(self, user, bot, position, held, which, other, reason):
        """From the partner of the present chat, or from anybody whom an earlier chat was with. Without a reason it is a block."""
        chat = self.current_or_old_chat(user, which)
        current = self.oracle.chats.get(user)
        partner = current.partner_of(user) if current and current.id == chat else Address(BOTS[which % 2], other)
        if partner.user == user:
            return
        asked = Separate(
            address=Address(bot, user),
            partner=partner,
            chat=chat,
            why=ChatEnd.BLOCKED if reason is None else ChatEnd.REPORTED,
            reason=reason,
            marked=MessageId(which) if which else None,
            mark=self.mark(bot, position, held=held),
        )
        self.decide(asked)

    @rule(user=users, bot=bots, position=pts, held=often, other=users)
    def lift_block(self, user, bot, position, held, other):
        mark = self.mark(bot, position, held=held)
        self.decide(LiftBlock(address=Address(bot, user), other=other, pressed=PRESS, mark=mark))

    @precondition(lambda self: self.oracle.chats)
    @rule(user=users, why=st.sampled_from([ChatEnd.BLOCKED, ChatEnd.REPORTED]), lift=st.booleans(), first=st.booleans())
    def one_parts_for_good_and_both_search_again(self, user, why, lift, first):
        """Long after they count as recent partners. `first`: whoever parted is the first to search."""
        chat = self.oracle.chats.get(user) or next(iter(self.oracle.chats.values()))
        one, other = chat.first, chat.second
        mark = self.mark(one.bot, None, held=True)
        self.decide(Separate(address=one, partner=other, chat=chat.id, why=why, mark=mark))
        if lift:
            self.decide(LiftBlock(address=one, other=other.user, pressed=PRESS, mark=mark))
        self.set_clock(1200.0)
        order = (one, other) if first else (other, one)
        self.two_find_at_once(*(self.record.seeking[each.user] for each in order))

    @precondition(lambda self: self.oracle.chats)
    @rule(user=users, lasted=st.sampled_from([1.0, 1200.0]), apart=st.sampled_from([0.0, 1199.0, 1200.0]))
    def two_part_and_search_again(self, user, lasted, apart):
        chat = self.oracle.chats.get(user) or next(iter(self.oracle.chats.values()))
        self.set_clock(lasted)
        mark = self.mark(chat.first.bot, None, held=True)
        self.decide(Leave(address=chat.first, chat=chat.id, why=ChatEnd.STOPPED, mark=mark))
        self.set_clock(apart)
        self.two_find_at_once(*(self.record.seeking[user] for user in pair_of(chat)))

    @precondition(lambda self: self.former)
    @rule(which=st.integers(0, 2), first=st.booleans(), seeker=seekers, held=often, seconds=st.sampled_from([0.0, 30.0, 600.0]))
    def return_to_a_partner(self, which, first, seeker, held, seconds):
        """By the last chats; now and then by somebody who was in none of them."""
        chat = self.former[-1 - which % len(self.former)]
        me, partner = (chat.first, chat.second) if first else (chat.second, chat.first)
        self.wish(replace(seeker, address=me), chat, partner, held=held, seconds=seconds)

    def wish(self, seeker, chat, partner, *, held, seconds):
        mark = self.mark(seeker.address.bot, None, held=held)
        ids = {"former": chat.id, "partner": partner.user, "chat": self.new_chat()}
        self.decide(Return(seeker=seeker, seconds=seconds, mark=mark, **ids))

    @precondition(lambda self: self.oracle.chats)
    @rule(user=users, seeker=seekers, other=seekers, between=st.sampled_from([0.0, 30.0, 600.0]), searching=st.booleans())
    def two_part_and_both_return(self, user, seeker, other, between, searching):
        chat = self.oracle.chats.get(user) or next(iter(self.oracle.chats.values()))
        mark = self.mark(chat.first.bot, None, held=True)
        self.decide(Leave(address=chat.first, chat=chat.id, why=ChatEnd.STOPPED, mark=mark))
        if searching:
            find = replace(self.record.seeking[chat.first.user], address=chat.first)
            self.decide(Find(seeker=find, chat=self.new_chat(), mark=self.mark(chat.first.bot, None, held=True)))
        self.wish(replace(seeker, address=chat.first), chat, chat.second, held=True, seconds=600.0)
        self.set_clock(between)
        other = replace(other, address=chat.second, band=seeker.band, scope=seeker.scope)
        self.wish(other, chat, chat.first, held=True, seconds=600.0)

    def somebody_chatting(self, which):
        return sorted(self.oracle.chats)[which % len(self.oracle.chats)]

    @precondition(lambda self: self.oracle.chats)
    @rule(bot=bots, position=pts, held=often, which=st.integers(0, 3))
    def ask_for_a_topic(self, bot, position, held, which):
        user = self.somebody_chatting(which)
        chat = self.current_or_old_chat(user, which)
        self.decide(AskTopic(address=Address(bot, user), chat=chat, mark=self.mark(bot, position, held=held)))

    @precondition(lambda self: self.oracle.chats)
    @rule(bot=bots, position=pts, held=often, which=st.integers(0, 3))
    def offer_the_name(self, bot, position, held, which):
        user = self.somebody_chatting(which)
        chat = self.current_or_old_chat(user, which)
        offer = OfferName(address=Address(bot, user), chat=chat, name=f"name_{user}", mark=self.mark(bot, position, held=held))
        self.decide(offer)

    @precondition(lambda self: self.history)
    @rule(back=st.integers(0, 5))
    def repeat_after_a_crash(self, back):
        """The process died behind the script, before it knew the answer: the same request comes again."""
        self.decide(self.history[max(0, len(self.history) - 1 - back)])

    @rule(user=users, other=users, blocked=st.booleans())
    def block(self, user, other, blocked):
        if user != other:
            (self.record.blocked.add if blocked else self.record.blocked.discard)((user, other))
            self.oracle.block(user, other, blocked=blocked)
            for pool in self.pools:
                self.runner.run(pool.block(user, other, blocked=blocked))

    @rule(user=users, minutes=st.sampled_from([-1.0, 0.0, 5.0, 90.0, float("inf")]))
    def ban(self, user, minutes):
        before = self.statuses()
        until = self.now + minutes * MINUTE
        self.record.ban(user, until, self.now)
        self.oracle.ban(user, until)
        for pool in self.pools:
            self.runner.run(pool.ban(user, until))
        self.check_changes(before)
        assert not self.record.is_banned(user, self.now) or not isinstance(self.statuses()[user], Waiting | Paired)

    @rule(bot=bots, owner=st.sampled_from(["a", "b"]))
    def another_process_takes_over(self, bot, owner):
        held = self.oracle.leases[bot]
        self.stale[bot] = held
        self.serve(Lease(bot=bot, owner=owner, token=held.token + 1))

    @rule(seconds=st.sampled_from([0.001, 1.0, 30.0, 60.0, 300.0, 1200.0]))
    def time_passes(self, seconds):
        self.set_clock(seconds)

    @rule(seconds=st.sampled_from([0.001, 60.0, 1200.0, 3600.0]))
    def the_clock_is_set_back(self, seconds):
        self.set_clock(-seconds)

    def set_clock(self, seconds):
        self.now = round(self.now + seconds, 3)
        self.oracle.now = self.now

    @rule()
    def sweep(self):
        """Whoever could meet has met, and nobody waits beyond the longest search."""
        chats = (ChatId(f"swept-{number}") for number in self.swept_chats)
        before = self.statuses()
        expected = self.oracle.sweep(lambda: next(chats))
        for pool in self.pools:
            assert self.runner.run(pool.sweep(pairs=100)) == expected
        self.check_changes(before)
        waiting = {user: status for user, status in self.statuses().items() if isinstance(status, Waiting)}
        assert all(self.record.objections(one, other, self.now) for one in waiting for other in waiting)
        assert all(self.now - status.since < RULES.timeout_seconds for status in waiting.values())

    @invariant()
    def all_agree_where_everybody_stands(self):
        if not hasattr(self, "pools"):
            return
        requests = [GetStatus(user=user) for user in USERS]
        expected = [self.oracle.decide(request) for request in requests]
        for pool in self.pools:
            answers = self.runner.run(pool.decide(requests))
            assert answers == expected
            self.check_everybody(dict(zip(USERS, answers, strict=True)))

    def check_everybody(self, statuses):
        for user, answer in statuses.items():
            if isinstance(answer, Paired):
                partner = answer.chat.partner_of(user)
                assert partner.user != user
                assert isinstance(statuses[partner.user], Paired), f"{user} is alone in {answer.chat.id}"
                assert statuses[partner.user].chat == answer.chat, f"{partner.user} is in two chats"

    @invariant()
    def nobody_is_kept_in_two_places(self):
        """By what is stored, which no answer shows."""
        if not hasattr(self, "pools"):
            return
        for client in self.clients:
            kept = self.runner.run(self.everybody_kept(client))
            assert len(kept) == len(set(kept)), kept

    async def everybody_kept(self, client):
        queues = await client.keys(f"{self.keys.tag}:queue:*")
        members = [member for queue in queues for member in await client.zrange(queue, 0, -1)]
        chats = [line.split(b":") for line in await client.hvals(f"{self.keys.tag}:chats")]
        return [member.split(b":")[0] for member in members] + [user for line in chats for user in (line[0], line[2])]

    @invariant()
    def counts_agree(self):
        if not hasattr(self, "pools"):
            return
        statuses = [self.oracle.decide(GetStatus(user=user)) for user in USERS]
        waits = [self.now - answer.since for answer in statuses if isinstance(answer, Waiting)]
        for pool in self.pools:
            counts = self.runner.run(pool.counts())
            assert (counts.waiting, counts.chats) == (len(waits), len({a.chat.id for a in statuses if isinstance(a, Paired)}))
            assert (counts.oldest_wait > 0) == any(wait > 0 for wait in waits)

    @invariant()
    def everybody_was_told_the_same(self):
        if not hasattr(self, "pools"):
            return
        for bot in BOTS:
            expected = [event for at, event in self.oracle.events if at == bot]
            for client in self.clients:
                entries = self.runner.run(client.xrange(self.keys.events(bot)))
                assert [decode(fields) for _, fields in entries] == expected

    def new_chat(self):
        return ChatId(f"chat-{next(self.made)}")

    def current_or_old_chat(self, user, which):
        status = self.oracle.decide(GetStatus(user=user))
        if isinstance(status, Paired) and which:
            return status.chat.id
        return self.chats[which % len(self.chats)]


def began(before, after):
    """Whether a search or a chat began. A newer mark alone is no beginning, nor is the match of somebody who waited."""
    if isinstance(after, Paired):
        return not isinstance(before, Waiting) and not (isinstance(before, Paired) and before.chat == after.chat)
    return isinstance(after, Waiting) and not isinstance(before, Waiting)


def chats_of(statuses):
    return {answer.chat for answer in statuses.values() if isinstance(answer, Paired)}


def play(histories, steps, *addresses, machine=History):
    machine.stores = addresses
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=histories,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )


@pytest.mark.timeout(60)
def test_a_chat_goes_on_where_the_clock_goes_back_before_the_end_of_an_old_ban(redis_url):
    """Banned until 300.0; at 300.0 a chat begins; at 299.999 an update of that person is noted, and nothing begins."""
    History.stores = ("memory://", redis_url)
    history = History()
    try:
        history.begin()
        one, other = (Seeker(address=Address(RED, user), gender=GENDERS[0], band=AgeBand.FROM_18) for user in USERS[:2])
        find = {"position": "new", "held": True, "priority": False, "leaving": False, "which": 0}
        history.ban(one.address.user, 5.0)
        history.set_clock(299.999)
        history.find(one, **find)
        assert isinstance(history.statuses()[one.address.user], Banned)
        history.set_clock(0.001)
        history.find(one, **find)
        history.find(other, **find)
        history.set_clock(-0.001)
        history.find(one, **find)
        assert isinstance(history.statuses()[one.address.user], Paired)
        history.everybody_was_told_the_same()
    finally:
        history.teardown()


@pytest.mark.timeout(120)
def test_random_histories_decide_the_same_everywhere(redis_url):
    play(25, 30, "memory://", redis_url)


@pytest.mark.timeout(120)
def test_the_oracle_never_pairs_whom_the_rules_keep_apart():
    """Many more histories than stores have time for."""
    play(300, 50)
