"""One worker does the jobs of the whole installation; if it dies, another takes over. Each worker reads the news."""

from __future__ import annotations

import asyncio

import pytest

from actors.matcher import MatcherActor
from actors.messages import CheckMemory, CleanUp, HearNews, HoldLease, Sweep, TendStreams
from actors.upkeep.housekeeping import HousekeepingActor
from domain.configuration import Configuration, LiveConfiguration, Matching
from domain.errors import Unavailable
from domain.model.events import ProfileChanged
from domain.model.ids import BotId, UserId
from domain.settings import Streams
from storage.redis.client import open_redis
from storage.redis.cluster.housekeeping_lease import SECONDS, RedisHousekeepingLease
from storage.redis.keys import Keys
from storage.redis.scripts import Scripts
from storage.redis.streams.news import RedisNews
from storage.redis.streams.stream_watch import RedisStreamWatch

KEYS = Keys("main")
BOT, ANNA = BotId(1), UserId(10)


class Pool:
    """What a sweep needs of the pool."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def touch(self, _chats) -> None:
        self.asked.append("touched")

    async def end_idle(self, _seconds) -> int:
        self.asked.append("silent chats ended")
        return 0

    async def sweep(self, *, pairs) -> int:
        self.asked.append("paired")
        return 0


class Worker:
    """The housekeeping of one process, on a Redis that it may share with others."""

    def __init__(self, redis, name: str) -> None:
        self.now = 0.0
        self.lease = RedisHousekeepingLease(redis, KEYS, owner=name, clock=lambda: self.now)
        self.done: list[str] = []
        self.changed: list[ProfileChanged | None] = []
        self.busy: asyncio.Event | None = None
        """If set, a reconciliation waits for it."""
        self.ref = HousekeepingActor.start(
            lease=self.lease,
            streams=RedisStreamWatch(redis, KEYS, Streams(max_entries=2)),
            news=RedisNews(redis, KEYS),
            changed=self.changed.append,
            recover=self._recover,
            reconcile=self._reconcile,
            purge=self._purge,
        )

    async def does(self, *messages) -> list[str]:
        """What it did when it got these messages."""
        self.done = []
        for message in messages:
            await self.ref.ask(message, timeout=5)
        return self.done

    async def sweeps(self) -> list[str]:
        """What one sweep asked of the pool."""
        pool = Pool()
        matcher = MatcherActor.start(
            pool, LiveConfiguration(Configuration(matching=Matching(rescan_seconds=1000.0))), sweeps=lambda: self.lease.held
        )
        await matcher.ask(Sweep(), timeout=5)
        await asyncio.sleep(0)  # the sweep runs beside the mailbox, and waits for nothing here
        await asyncio.sleep(0)
        await matcher.stop()
        return pool.asked

    async def _recover(self) -> None:
        self.done.append("recovered")

    async def _reconcile(self) -> None:
        self.done.append("reconciled")
        if self.busy is not None:
            await self.busy.wait()

    async def _purge(self) -> int:
        self.done.append("purged")
        return 0


@pytest.fixture
async def redis():
    opened = open_redis("memory://")
    yield opened
    await opened.aclose()


@pytest.fixture
async def workers(redis):
    """The first one holds the lease."""
    both = []
    for name in ("one", "two"):
        both.append(Worker(redis, name))
        await both[-1].ref.started()
    yield both
    for worker in both:
        await worker.ref.stop()


JOBS = (CheckMemory(), CleanUp())


async def test_the_first_reconciliation_is_part_of_the_start(workers):
    assert workers[0].done == ["reconciled"]
    assert workers[1].done == []


async def test_one_worker_does_the_jobs_and_the_other_stands_by(workers):
    one, two = workers
    assert await one.does(HoldLease(), *JOBS) == ["recovered", "reconciled", "purged"]
    assert await two.does(HoldLease(), *JOBS) == ["recovered"]


async def test_if_the_holder_is_killed_the_other_takes_over(workers, redis):
    one, two = workers
    one.ref.kill()
    assert await two.does(HoldLease(), *JOBS) == ["recovered"]
    assert 0 < await redis.pttl(f"{KEYS.tag}:housekeeper") <= 3000
    await redis.delete(f"{KEYS.tag}:housekeeper")  # as when it runs out
    assert await two.does(HoldLease(), *JOBS) == ["recovered", "reconciled", "purged"]


async def test_if_the_holder_stops_the_other_takes_over_at_once(workers):
    one, two = workers
    await one.ref.stop()
    assert await two.does(HoldLease(), *JOBS) == ["recovered", "reconciled", "purged"]


async def test_a_holder_that_cannot_reach_the_server_stops_doing_the_jobs(workers, monkeypatch):
    async def away(*_):
        raise Unavailable("away")

    one, _ = workers
    monkeypatch.setattr(Scripts, "run_all", away)
    assert await one.does(HoldLease(), CheckMemory()) == ["recovered", "reconciled"]
    one.now += SECONDS
    assert await one.does(HoldLease(), *JOBS) == ["recovered"]


async def test_a_long_job_does_not_keep_the_lease_from_being_renewed(workers, redis):
    one, two = workers
    one.busy = asyncio.Event()
    job = one.ref.ask(CheckMemory(), timeout=5)
    await redis.pexpire(f"{KEYS.tag}:housekeeper", 1)
    await one.ref.ask(HoldLease(), timeout=5)
    assert await two.does(HoldLease(), *JOBS) == ["recovered"]
    assert not job.done()
    one.busy.set()
    await job


async def test_one_worker_sweeps_the_pool_and_each_reports_which_chats_are_active(workers, redis):
    one, two = workers
    assert await one.sweeps() == ["touched", "silent chats ended", "paired"]
    assert await two.sweeps() == ["touched"]
    one.ref.kill()
    await redis.delete(f"{KEYS.tag}:housekeeper")  # as when it runs out
    await two.does(HoldLease())
    assert await two.sweeps() == ["touched", "silent chats ended", "paired"]


async def test_event_streams_near_their_limits_are_logged(workers, redis, caplog):
    await redis.hset(f"{KEYS.tag}:streams", str(BOT), "0:0:0")
    await redis.xadd(KEYS.events(BOT), {"v": "1"})
    await workers[1].does(TendStreams())
    assert "events wait" not in caplog.text
    await workers[0].does(TendStreams())
    assert f"bot {BOT}: 1 events wait" in caplog.text


async def test_every_process_reads_what_was_changed_elsewhere(workers, redis):
    elsewhere = RedisNews(redis, KEYS)
    elsewhere.announce(ANNA)
    await elsewhere.read()
    for worker in workers:
        await worker.does(HearNews())
        assert worker.changed == [ProfileChanged(user=ANNA)]
