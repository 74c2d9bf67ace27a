"""Which workers there are: each shows itself with a beat, sees all others, and is forgotten once it stays away."""

from __future__ import annotations

from dataclasses import replace

import pytest

from control.worker.stores import release_leases
from domain.cluster.allocation import Member
from domain.model.ids import BotId
from storage.redis.cluster.leases import RedisLeases
from storage.redis.cluster.roster import RedisRoster
from storage.redis.keys import Keys
from tests.storage.pool.town import all_keys, make_intact

KEYS = Keys("town")
BOT, OTHER_BOT = BotId(100), BotId(200)


def worker(name: str, machine: str = "earth", process: str = "1:aa") -> Member:
    owner = f"{name}.home@{machine}:{process}"
    return Member(owner=owner, machine=machine, house="home", name=name, bots=(BOT, OTHER_BOT))


@pytest.fixture
def roster(client):
    return RedisRoster(client, KEYS, seconds=10)


@pytest.fixture(autouse=True)
async def _pool_with_its_memory(client):
    await make_intact(client, KEYS)


def leases_of(client, member):
    return RedisLeases(client, KEYS, owner=member.owner, seconds=10)


async def test_all_who_beat_see_each_other_with_what_they_could_serve(roster):
    one, other = worker("worker-1"), replace(worker("worker-2"), ready=False)
    await roster.beat(one)
    snapshot = await roster.beat(other)
    assert sorted((replace(each, seen=0.0) for each in snapshot.members), key=lambda each: each.name) == [one, other]
    assert all(0 <= each.seen < 5 for each in snapshot.members)


async def test_a_worker_tells_the_others_the_names_of_its_bots(roster):
    named = replace(worker("worker-1"), names={BOT: "meet_bot"})
    await roster.beat(named)
    seen = (await roster.beat(worker("worker-2"))).members
    assert {member.name: dict(member.names) for member in seen} == {"worker-1": {BOT: "meet_bot"}, "worker-2": {}}


async def test_an_entry_of_an_earlier_release_has_no_names(roster, client):
    await client.sadd(KEYS.workers, "old")
    await client.set(KEYS.worker("old"), b'1 {"owner":"old","machine":"earth","house":"home","name":"old"}')
    seen = (await roster.beat(worker("worker-1"))).members
    assert {member.name: dict(member.names) for member in seen} == {"old": {}, "worker-1": {}}


async def test_a_beat_tells_who_serves_which_bot_now(roster, client):
    one = worker("worker-1")
    await leases_of(client, one).acquire(BOT)
    lost = await leases_of(client, one).acquire(OTHER_BOT)
    await client.pexpireat(KEYS.lease(lost.bot), 1)
    assert (await roster.beat(one)).holders == {BOT: one.owner}


async def test_nothing_is_kept_of_a_lease_that_ran_out_and_that_nobody_took_again(roster, client):
    one, other = worker("worker-1"), worker("worker-2")
    lost = await leases_of(client, one).acquire(BOT)
    await leases_of(client, other).acquire(OTHER_BOT)
    await client.pexpireat(KEYS.lease(lost.bot), 1)
    await roster.beat(other)
    assert set(await client.hgetall(KEYS.leases)) == {b"200"}
    again = await leases_of(client, other).acquire(BOT)
    assert again is not None
    assert (await roster.beat(other)).holders == {BOT: other.owner, OTHER_BOT: other.owner}


async def test_a_newcomer_is_told_so_and_so_is_everybody_once_redis_has_lost_its_memory(roster, client):
    one = worker("worker-1")
    assert not (await roster.beat(one)).known
    assert (await roster.beat(one)).known
    await client.delete(*await all_keys(client))
    assert not (await roster.beat(one)).known


async def test_who_stays_away_is_seen_to_do_so_and_then_forgotten(roster, client):
    one, other = worker("worker-1"), worker("worker-2")
    await roster.beat(one)
    seen, _, entry = (await client.get(KEYS.worker(one.owner))).partition(b" ")
    await client.set(KEYS.worker(one.owner), b"%d %s" % (int(seen) - 4000, entry), px=5000)
    snapshot = await roster.beat(other)
    assert [each.counts for each in sorted(snapshot.members, key=lambda each: each.name)] == [False, True]
    await client.pexpireat(KEYS.worker(one.owner), 1)
    assert [each.owner for each in (await roster.beat(other)).members] == [other.owner]
    assert await roster.owners() == {other.owner}


async def test_who_leaves_is_forgotten_at_once(roster):
    one, other = worker("worker-1"), worker("worker-2")
    await roster.beat(one)
    await roster.leave(one.owner)
    assert [each.owner for each in (await roster.beat(other)).members] == [other.owner]


async def test_an_entry_that_cannot_be_read_is_nobody(roster, client):
    await client.set(KEYS.worker("from the future"), '123 ["what"]')
    await client.sadd(KEYS.workers, "from the future")
    one = worker("worker-1")
    assert [each.owner for each in (await roster.beat(one)).members] == [one.owner]


async def test_a_sibling_buries_a_dead_worker_and_nobody_else(roster, client):
    me, dead, cousin = worker("worker-1"), worker("worker-2"), worker("worker-2", machine="mars")
    for member, bot in ((dead, BOT), (cousin, OTHER_BOT)):
        await roster.beat(member)
        await leases_of(client, member).acquire(bot)
    assert await release_leases(leases_of(client, me), roster, me, "worker-2") == 1
    snapshot = await roster.beat(me)
    assert snapshot.holders == {OTHER_BOT: cousin.owner}
    assert {each.owner for each in snapshot.members} == {me.owner, cousin.owner}


async def test_a_burial_that_comes_late_spares_the_successor(roster, client):
    me, dead, successor = worker("worker-1"), worker("worker-2"), worker("worker-2", process="2:bb")
    await leases_of(client, dead).acquire(BOT)
    await leases_of(client, successor).acquire(OTHER_BOT)
    assert await release_leases(leases_of(client, me), roster, me, "worker-2", pid=1) == 1
    assert (await roster.beat(me)).holders == {OTHER_BOT: successor.owner}


async def test_a_successor_buries_its_predecessor_but_not_itself(roster, client):
    before, now = worker("worker-1"), worker("worker-1", process="2:bb")
    await leases_of(client, before).acquire(BOT)
    await leases_of(client, now).acquire(OTHER_BOT)
    await roster.beat(before)
    assert await release_leases(leases_of(client, now), roster, now, now.name) == 1
    snapshot = await roster.beat(now)
    assert snapshot.holders == {OTHER_BOT: now.owner}
    assert [each.owner for each in snapshot.members] == [now.owner]
