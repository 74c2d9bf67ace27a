"""AllocatorActor: workers that see each other in the roster and divide the bots. In virtual time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from itertools import product

from actors.bot.allocator import SETTLE_SECONDS, AllocatorActor
from actors.bot.directory import Directory
from actors.bot.lease_holder import LeaseHolderActor
from actors.messages import Describe, Drain, GetClusterView, Resume
from actors.runtime.child import ChildSpec
from actors.runtime.supervision import Supervisor
from domain.cluster.allocation import (
    ABSENT_SECONDS,
    DISTRUST_SECONDS,
    EAGER_SECONDS,
    GRACE_SECONDS,
    HEARTBEAT_SECONDS,
    PAUSE_SECONDS,
    Member,
)
from domain.model.bot import Lease
from domain.model.ids import BotId
from tests.twins import LeasesTwin, RosterTwin, TelegramTwin
from tests.virtual_time import in_virtual_time

SECONDS = 30.0
BOTS = tuple(BotId(number) for number in range(1, 5))


NEW = BotId(9)


class Redis:
    def __init__(self) -> None:
        self.holders: dict[BotId, Lease] = {}
        self.entries: dict[str, tuple[float, Member]] = {}

    def forgets_everything(self) -> None:
        self.holders.clear()
        self.entries.clear()

    def loads(self) -> dict[str, int]:
        owners = [lease.owner for lease in self.holders.values()]
        return {owner: owners.count(owner) for owner in owners}


class Worker:
    """An allocator and its lease holders, composed as in `control/worker/composition.py`."""

    def __init__(self, name: str, redis: Redis, *, siblings: int) -> None:
        self.name = name
        self.redis = redis
        self.siblings = siblings
        self.roster = RosterTwin(redis.entries, redis.holders, seconds=SECONDS)
        self.leases = LeasesTwin(name, redis.holders)
        self.directory = Directory()
        self.drained: set[BotId] = set()
        self.connections: list[BotId] = []
        self.supervisor = Supervisor(name)

    async def start(self) -> Worker:
        lease_holders = {bot: await self.supervisor.start_child(self._lease_holder(bot)) for bot in BOTS}
        me = Member(owner=self.name, machine="earth", house="home", name=self.name, bots=BOTS)
        spec = ChildSpec(
            name="allocator",
            factory=lambda: AllocatorActor.start(
                me,
                roster=self.roster,
                lease_holders=lease_holders,
                directory=self.directory,
                drained=self.drained,
                siblings=self.siblings,
            ),
        )
        self.lease_holders, self.allocator = lease_holders, await self.supervisor.start_child(spec)
        return self

    def die(self) -> None:
        """As by kill -9: nobody is told."""
        self.supervisor.kill()

    async def cluster_view(self):
        return await self.allocator.ask(GetClusterView(), timeout=5)

    async def state(self, bot: BotId) -> str:
        return (await self.lease_holders[bot].ask(Describe(), timeout=5)).status.state

    @property
    def bots(self) -> list[BotId]:
        return sorted(bot for bot, lease in self.redis.holders.items() if lease.owner == self.name)

    def _lease_holder(self, bot: BotId) -> ChildSpec:
        return ChildSpec(
            name=f"lease-{bot}",
            factory=lambda: LeaseHolderActor.start(
                bot,
                leases=self.leases,
                seconds=SECONDS,
                directory=self.directory,
                connect=self._connect,
                clock=lambda: asyncio.get_running_loop().time(),
            ),
        )

    def _connect(self, lease: Lease, fresh) -> TelegramTwin:
        self.connections.append(lease.bot)
        return TelegramTwin(lease.bot, fresh)


@asynccontextmanager
async def workers(*names: str):
    redis = Redis()
    all_of_them = [Worker(name, redis, siblings=len(names)) for name in names]
    for worker in all_of_them:
        await worker.start()
    try:
        yield redis, *all_of_them
    finally:
        await asyncio.gather(*(worker.supervisor.stop() for worker in all_of_them))


@in_virtual_time
async def test_a_single_worker_serves_all_bots_at_once():
    async with workers("one") as (redis, one):
        await asyncio.sleep(0.01)
        assert redis.loads() == {"one": 4}
        assert (await one.cluster_view()).settled


@in_virtual_time
async def test_each_worker_knows_the_names_of_the_bots_that_others_serve():
    async with workers("one", "two") as (_, one, two):
        await asyncio.sleep(EAGER_SECONDS + 0.1)
        for worker in (one, two):
            worker.directory.names |= {bot: f"{worker.name}_bot{bot}" for bot in worker.bots}
        await asyncio.sleep(2 * HEARTBEAT_SECONDS)
        assert one.directory.names == two.directory.names
        assert sorted(one.directory.names) == list(BOTS)


@in_virtual_time
async def test_workers_that_start_together_divide_the_bots_from_the_start():
    async with workers("one", "two") as (redis, one, two):
        await asyncio.sleep(EAGER_SECONDS + 0.1)
        assert redis.loads() == {"one": 2, "two": 2}
        await asyncio.sleep(100)
        assert len(one.connections) == len(two.connections) == 2


@in_virtual_time
async def test_a_worker_whose_siblings_do_not_come_goes_on_without_them():
    redis = Redis()
    one = await Worker("one", redis, siblings=2).start()
    await asyncio.sleep(SETTLE_SECONDS - 0.1)
    assert redis.loads() == {}
    await asyncio.sleep(1.0)
    assert redis.loads() == {"one": 4}
    await one.supervisor.stop()


@in_virtual_time
async def test_a_new_worker_gets_its_share_one_bot_at_a_time_and_each_is_unserved_only_for_a_moment():
    async with workers("one") as (redis, one):
        await asyncio.sleep(10)
        two = await Worker("two", redis, siblings=1).start()
        gaps = await watch_gaps(redis, 3 * PAUSE_SECONDS)
        assert redis.loads() == {"one": 2, "two": 2}
        assert len(gaps) == 2
        assert max(gaps) <= EAGER_SECONDS + 0.05
        assert len(one.connections) == 4
        await two.supervisor.stop()


async def watch_gaps(redis: Redis, seconds: float) -> list[float]:
    """How long each bot was without an owner, each time."""
    now = asyncio.get_running_loop().time
    until, free_since, gaps = now() + seconds, {}, []
    while now() < until:
        for bot in BOTS:
            if bot in redis.holders and bot in free_since:
                gaps.append(now() - free_since.pop(bot))
            elif bot not in redis.holders:
                free_since.setdefault(bot, now())
        await asyncio.sleep(0.01)
    assert not free_since
    return gaps


@in_virtual_time
async def test_the_bots_of_a_worker_that_stops_are_served_by_the_others_at_once():
    async with workers("one", "two") as (_redis, one, two):
        await asyncio.sleep(10)
        await one.supervisor.stop()
        await asyncio.sleep(1.1)
        assert two.bots == list(BOTS)


@in_virtual_time
async def test_the_bots_of_a_dead_machine_are_taken_as_soon_as_their_leases_run_out():
    async with workers("one", "two") as (redis, one, two):
        await asyncio.sleep(10)
        lost = one.bots
        one.die()
        await asyncio.sleep(ABSENT_SECONDS + 2)
        assert two.bots != list(BOTS)
        for bot in lost:
            del redis.holders[bot]
        await asyncio.sleep(EAGER_SECONDS + 0.05)
        assert two.bots == list(BOTS)


@in_virtual_time
async def test_a_free_bot_that_its_planned_worker_does_not_take_is_served_by_another():
    async with workers("one", "two") as (redis, one, two):
        await asyncio.sleep(10)
        one.leases.away = True
        for bot in one.bots:
            del redis.holders[bot]
        await asyncio.sleep(GRACE_SECONDS + 2)
        assert two.bots == list(BOTS)
        await asyncio.sleep(DISTRUST_SECONDS - 10)
        assert two.bots == list(BOTS)
        one.leases.away = False
        await asyncio.sleep(20)
        assert redis.loads() == {"one": 2, "two": 2}


@in_virtual_time
async def test_a_drained_bot_goes_to_another_worker_and_comes_back_only_after_resume():
    async with workers("one", "two") as (redis, one, two):
        await asyncio.sleep(10)
        bot = one.bots[0]
        await one.allocator.ask(Drain(bot=bot), timeout=5)
        assert bot not in one.bots
        await asyncio.sleep(60)
        assert bot in two.bots
        assert await one.state(bot) == "waiting"
        assert (await one.cluster_view()).drained == {bot}
        await two.allocator.ask(Drain(bot=bot), timeout=5)
        await asyncio.sleep(60)
        assert bot not in redis.holders
        await one.allocator.ask(Resume(bot=bot), timeout=5)
        await asyncio.sleep(10)
        assert bot in one.bots
        assert redis.loads() == {"one": 2, "two": 2}


@in_virtual_time
async def test_a_drained_bot_stays_drained_when_the_allocator_is_restarted():
    async with workers("one") as (_redis, one):
        await asyncio.sleep(1)
        await one.allocator.ask(Drain(bot=BOTS[0]), timeout=5)
        one.roster.fault = TypeError("a bug of ours")
        await asyncio.sleep(60)
        assert one.bots == list(BOTS[1:])


@in_virtual_time
async def test_every_worker_keeps_its_bots_when_redis_has_lost_its_data():
    async with workers("one", "two") as (redis, one, _two):
        await asyncio.sleep(10)
        before = one.bots
        redis.forgets_everything()
        await asyncio.sleep(SETTLE_SECONDS)
        assert one.bots == before
        assert redis.loads() == {"one": 2, "two": 2}


@in_virtual_time
async def test_every_worker_keeps_its_bots_through_an_outage_of_the_roster():
    async with workers("one", "two") as (_redis, one, two):
        await asyncio.sleep(10)
        before = one.bots
        one.roster.away = two.roster.away = True
        await asyncio.sleep(2 * SECONDS)
        one.roster.away = two.roster.away = False
        await asyncio.sleep(10)
        assert one.bots == before
        assert len(one.connections) == len(two.connections) == 2


@in_virtual_time
async def test_each_worker_knows_all_workers_and_their_bots():
    async with workers("one", "two") as (_, one, two):
        await asyncio.sleep(10)
        view = await two.cluster_view()
        assert [(each.worker, each.ready, each.bots) for each in view.neighbours] == [
            ("one", True, tuple(one.bots)),
            ("two", True, tuple(two.bots)),
        ]
        assert view.holders[one.bots[0]] == "one on earth"


@in_virtual_time
async def test_a_bot_that_is_added_while_workers_run_is_served_by_one_of_them_within_seconds():
    async with workers("one", "two") as (redis, one, two):
        await asyncio.sleep(10)
        for worker in (one, two):
            worker.lease_holders[NEW] = await worker.supervisor.start_child(worker._lease_holder(NEW))
        await asyncio.sleep(2 * HEARTBEAT_SECONDS)
        assert NEW in redis.holders
        assert sorted(redis.loads().values()) == [2, 3]


@in_virtual_time
async def test_bots_that_are_removed_are_taken_by_nobody_and_the_rest_spreads_evenly():
    async with workers("one", "two") as (redis, one, two):
        await asyncio.sleep(10)
        gone = one.bots
        for worker, bot in product((one, two), gone):
            worker.lease_holders.pop(bot)
            await worker.supervisor.stop_child(f"lease-{bot}")
        await asyncio.sleep(60)
        assert all(worker.allocator.is_alive() for worker in (one, two))
        assert redis.loads() == {"one": 1, "two": 1}
        assert not set(gone) & set(redis.holders)
