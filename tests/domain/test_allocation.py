"""Bots are spread evenly, stay so, and none stays without somebody who serves it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.cluster.allocation import (
    ABSENT_SECONDS,
    GRACE_SECONDS,
    HEARTBEAT_SECONDS,
    PAUSE_SECONDS,
    Decision,
    Member,
    RosterSnapshot,
    cluster_view,
    decide,
    plan,
    served_elsewhere,
)
from domain.model.ids import BotId

BOTS = tuple(BotId(number) for number in range(1, 7))


def member(owner: str, bots: tuple[BotId, ...] = BOTS, **more) -> Member:
    return Member(owner=owner, machine="earth", house="home", name=owner, bots=bots, **more)


def loads(owners: dict[BotId, str]) -> list[int]:
    return sorted(list(owners.values()).count(owner) for owner in set(owners.values()))


def decided(me: Member, *others: Member, holders: dict[BotId, str], free_for: float = 0.0) -> Decision:
    free = {bot: free_for for bot in BOTS if bot not in holders}
    return decide(me, RosterSnapshot(members=(me, *others), holders=holders), free_for=free, busy={})


def test_a_worker_alone_takes_every_bot():
    assert decided(member("a"), holders={}).take == BOTS


def test_two_workers_take_half_each_and_nobody_takes_what_is_the_others():
    one, other = decided(member("a"), member("b"), holders={}), decided(member("b"), member("a"), holders={})
    assert sorted((*one.take, *other.take)) == list(BOTS)
    assert len(one.take) == len(other.take) == 3


def test_what_is_even_stays_as_it_is():
    holders = {bot: "ab"[bot % 2] for bot in BOTS}
    assert plan([member("a"), member("b")], holders) == holders


def test_a_newcomer_gets_its_share_one_bot_after_the_other():
    holders = dict.fromkeys(BOTS, "a")
    giving, getting = decided(member("a"), member("b"), holders=holders), decided(member("b"), member("a"), holders=holders)
    assert giving.hand_over is not None
    assert getting == Decision(expecting=True)


def test_the_quietest_bot_goes_first():
    me, snapshot = member("a"), RosterSnapshot(members=(member("a"), member("b")), holders=dict.fromkeys(BOTS, "a"))
    busy = {bot: 10 - bot for bot in BOTS}
    assert decide(me, snapshot, free_for={}, busy=busy).hand_over == max(BOTS)


def test_who_has_one_more_keeps_it():
    holders = {**dict.fromkeys(BOTS[:3], "a"), **dict.fromkeys(BOTS[3:5], "b")}
    few = BOTS[:5]
    assert plan([member("a", few), member("b", few)], holders) == holders


def test_nothing_is_handed_to_somebody_who_is_not_there_or_is_about_to_go():
    holders = dict.fromkeys(BOTS, "a")
    assert decided(member("a"), member("b", seen=ABSENT_SECONDS + 1), holders=holders).hand_over is None
    assert decided(member("a"), member("b", ready=False), holders=holders).hand_over is None


def test_a_free_bot_is_taken_by_anybody_once_it_was_left_lying():
    holders = {**dict.fromkeys(BOTS[:3], "a"), **dict.fromkeys(BOTS[3:5], "b")}
    assert decided(member("a"), member("b"), holders=holders).adopt == ()
    assert decided(member("a"), member("b"), holders=holders, free_for=GRACE_SECONDS).adopt == (BOTS[5],)


def test_bots_of_one_who_died_are_waited_for_by_those_who_are_to_have_them():
    holders = {**dict.fromkeys(BOTS[:3], "a"), **dict.fromkeys(BOTS[3:], "dead")}
    decision = decided(member("a"), member("dead", seen=ABSENT_SECONDS + 1), holders=holders)
    assert decision.expecting
    assert set(decision.take) == set(BOTS[:3])


def test_a_bot_that_the_operator_does_not_want_here_is_left_to_others():
    me = member("a", BOTS[1:])
    decision = decided(me, holders={}, free_for=GRACE_SECONDS)
    assert BOTS[0] not in {*decision.take, *decision.adopt}


def test_different_tokens_are_made_even_by_way_of_others():
    """c can have nothing of a's, yet a has two and c none."""
    one, two, three = BOTS[:3]
    members = [member("a", (one, two)), member("b", (two, three)), member("c", (three,))]
    owners = plan(members, {one: "a", two: "a", three: "b"})
    assert owners == {one: "a", two: "b", three: "c"}


def test_a_status_names_everybody_and_what_they_serve():
    snapshot = RosterSnapshot(members=(member("b", seen=2.0), member("a")), holders={BOTS[0]: "b", BOTS[1]: "gone"})
    view = cluster_view(snapshot, age=1.0, settled=True, drained=())
    assert [(each.worker, each.bots, each.seen) for each in view.neighbours] == [("a", (), 1.0), ("b", (BOTS[0],), 3.0)]
    assert view.holders[BOTS[0]] == "b on earth"
    assert "gone" in view.holders[BOTS[1]]


@st.composite
def worlds(draw) -> tuple[list[Member], dict[BotId, str]]:
    """Workers with all, or some, of up to 12 bots, in any state that a past may have left."""
    bots = [BotId(number) for number in range(1, draw(st.integers(1, 12)) + 1)]
    names = [f"w{number}" for number in range(draw(st.integers(1, 5)))]
    some = st.lists(st.sampled_from(bots), unique=True).map(lambda chosen: tuple(sorted(chosen)))
    tokens = draw(st.sampled_from([st.just(tuple(bots)), some]))
    members = [member(name, draw(tokens)) for name in names]
    holders = {}
    for bot in bots:
        able = [each.owner for each in members if bot in each.bots]
        if holder := draw(st.sampled_from([*able, "", ""])):
            holders[bot] = holder
    return members, holders


@given(worlds())
@settings(max_examples=300, deadline=None)
def test_a_plan_is_as_even_as_can_be_and_leaves_no_bot_out(world):
    members, holders = world
    owners = plan(members, holders)
    assert set(owners) == {bot for each in members for bot in each.bots}
    assert all(owners[bot] in {each.owner for each in members if bot in each.bots} for bot in owners)
    assert no_path_makes_it_more_even(members, owners)
    assert plan(members, owners) == owners


def no_path_makes_it_more_even(members: list[Member], owners: dict[BotId, str]) -> bool:
    """From nobody can a chain of moves reach somebody who has two less."""
    load = {each.owner: list(owners.values()).count(each.owner) for each in members}
    able = {bot: {each.owner for each in members if bot in each.bots} for bot in owners}
    reach = {owner: {owner} for owner in load}
    for _ in load:
        for bot, owner in owners.items():
            for others in reach.values():
                if owner in others:
                    others.update(able[bot])
    return all(load[owner] - load[other] < 2 for owner, others in reach.items() for other in others)


@dataclass
class Redis:
    holders: dict[BotId, str] = field(default_factory=dict)
    present: dict[str, Member] = field(default_factory=dict)


@dataclass
class Worker:
    """What `AllocatorActor` does with the decisions, by a clock of beats."""

    me: Member
    redis: Redis
    free_since: dict[BotId, float] = field(default_factory=dict)
    pause_until: float = 0.0
    leaving: BotId | None = None

    def beat(self, now: float) -> None:
        held = self.redis.holders
        if self.leaving is not None:
            held.pop(self.leaving, None)
            self.leaving = None
        self.free_since = {bot: self.free_since.get(bot, now) for bot in self.me.bots if bot not in held}
        snapshot = RosterSnapshot(members=tuple(self.redis.present.values()), holders=dict(held))
        free_for = {bot: now - since for bot, since in self.free_since.items()}
        decision = decide(self.me, snapshot, free_for=free_for, busy={})
        for bot in (*decision.take, *decision.adopt):
            held.setdefault(bot, self.me.owner)
        if decision.hand_over is not None and now >= self.pause_until:
            self.leaving, self.pause_until = decision.hand_over, now + PAUSE_SECONDS


@given(worlds(), st.integers(), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_from_any_start_it_becomes_even_and_then_stands_still_while_workers_come_and_go(world, seed, changes):
    house = House(*world, seed)
    house.live_until_settled()
    for _ in range(changes):
        house.change()
        house.live_until_settled()
        house.nothing_moves()


class House:
    """Workers that beat in turn, in a new order each time."""

    def __init__(self, members: list[Member], holders: dict[BotId, str], seed: int) -> None:
        self.redis = Redis(holders=dict(holders), present={each.owner: each for each in members})
        self.workers = {each.owner: Worker(each, self.redis) for each in members}
        self.now = 0.0
        self.random = Random(seed)

    def beat(self) -> None:
        self.now += HEARTBEAT_SECONDS
        for worker in self.random.sample(list(self.workers.values()), len(self.workers)):
            worker.beat(self.now)

    def live_until_settled(self) -> None:
        """At the latest after as many beats as one worker would need to hand all bots over."""
        bots = len({bot for worker in self.workers.values() for bot in worker.me.bots})
        for _ in range(int((bots + 2) * (PAUSE_SECONDS / HEARTBEAT_SECONDS + 2) + GRACE_SECONDS)):
            if self.settled:
                return
            self.beat()
        raise AssertionError(f"not even: {self.redis.holders}")

    @property
    def settled(self) -> bool:
        members, holders = list(self.redis.present.values()), self.redis.holders
        served = {bot: owner for bot, owner in holders.items() if owner in self.redis.present}
        leaving = any(worker.leaving for worker in self.workers.values())
        wanted = {bot for each in members for bot in each.bots}
        return not leaving and wanted <= set(served) and no_path_makes_it_more_even(members, served)

    def nothing_moves(self) -> None:
        before = dict(self.redis.holders)
        for _ in range(10):
            self.beat()
            assert self.redis.holders == before

    def change(self) -> None:
        """One dies and its leases are freed, or another comes."""
        some = self.random.choice(sorted(self.workers))
        if len(self.workers) > 1 and self.random.random() < 0.5:
            del self.workers[some], self.redis.present[some]
            self.redis.holders = {bot: owner for bot, owner in self.redis.holders.items() if owner != some}
            return
        newcomer = replace(self.workers[some].me, owner=f"{some}-{self.now}")
        self.redis.present[newcomer.owner] = newcomer
        self.workers[newcomer.owner] = Worker(newcomer, self.redis)


@given(st.integers(1, 6), st.integers(1, 30))
def test_with_the_same_tokens_everywhere_nobody_has_two_more_than_another(workers, bots):
    able = tuple(BotId(number) for number in range(bots))
    owners = plan([member(f"w{number}", able) for number in range(workers)], {})
    counts = sorted(list(owners.values()).count(f"w{number}") for number in range(workers))
    assert counts[-1] - counts[0] <= 1
    assert all(later - earlier in {0, 1} for earlier, later in pairwise(counts))


def test_another_worker_serves_what_it_says_and_one_of_an_earlier_release_what_it_holds():
    bots = BotId(1), BotId(2), BotId(3)
    mine = Member(owner="me", machine="m", house="h", name="worker-1", served=(bots[0],))
    deaf = Member(owner="deaf", machine="m", house="h", name="worker-2", served=(), seen=1.0)
    older = Member(owner="older", machine="m", house="h", name="worker-3", served=None, seen=2.0)
    holders = dict(zip(bots, ("me", "deaf", "older"), strict=True))
    assert served_elsewhere(RosterSnapshot(members=(mine, deaf, older), holders=holders), "me") == {bots[2]: 2.0}
