"""Event streams of bots that nobody serves, or that nobody keeps up with: said in time, then cut, and never in silence."""

from __future__ import annotations

import logging
import time

import pytest

from domain.cluster.backlog import problems_of
from domain.model.events import SearchEnded
from domain.model.ids import BotId, UserId
from domain.settings import Streams
from storage.redis.keys import Keys
from storage.redis.streams.event_stream import RedisEventStream
from storage.redis.streams.stream_watch import GRACE_SECONDS, REPEAT_SECONDS, RedisStreamWatch
from tests.storage.pool.town import all_keys

BOT = BotId(100)
KEYS = Keys("town")
LIMITS = Streams(max_entries=10, max_hours=48.0, alert_share=0.5)
HOUR = 3600.0


class Watch:
    """One process's, with the clock in the test's hand."""

    def __init__(self, client, caplog) -> None:
        self.ahead = 0.0
        self.client = client
        self.stream = RedisEventStream(client, KEYS, owner="anna")
        self.watch = RedisStreamWatch(client, KEYS, LIMITS, clock=lambda: time.time() + self.ahead)
        self._caplog = caplog

    async def add(self, count: int) -> None:
        for user in range(count):
            await self.stream.append(BOT, SearchEnded(user=UserId(user)))

    async def serve(self) -> list[int]:
        await self.client.set(KEYS.lease(BOT), "anna:1")
        return [entry.event.user for _, entry in await self.stream.read([BOT], wait=0)]

    async def leave(self) -> None:
        await self.client.delete(KEYS.lease(BOT))

    async def says(self) -> list[str]:
        """What one look makes of it in the log."""
        self._caplog.clear()
        await self.watch.tend()
        return [record.message for record in self._caplog.records if record.levelno == logging.ERROR]

    async def problems(self) -> list[str]:
        return [line for backlog in await self.watch.backlogs() for line in problems_of(backlog, LIMITS)]


@pytest.fixture
async def watch(client, caplog):
    watch = Watch(client, caplog)
    await watch.serve()
    await watch.leave()
    return watch


async def test_a_stream_far_from_its_limits_is_left_alone(watch):
    await watch.add(4)
    assert await watch.says() == []
    assert await watch.problems() == []
    [backlog] = await watch.watch.backlogs()
    assert (backlog.bot, backlog.entries, backlog.served) == (BOT, 4, False)


async def test_there_is_an_alert_well_before_anything_is_thrown_away(watch):
    await watch.add(5)
    [said] = await watch.says()
    assert "5 events wait" in said
    assert "start a worker that has its token" in said
    assert await watch.problems() == [said]
    watch.ahead = GRACE_SECONDS + 1
    await watch.says()
    assert len(await watch.serve()) == 5


async def test_the_alert_comes_once_and_then_rarely_from_any_process(watch, client, caplog):
    await watch.add(5)
    other = Watch(client, caplog)
    assert [len(await each.says()) for each in (watch, other, watch)] == [1, 0, 0]
    watch.ahead = REPEAT_SECONDS + 1
    assert len(await watch.says()) == 1


async def test_a_stream_that_leaps_beyond_its_limit_loses_nothing_before_the_alert_has_stood(watch):
    await watch.add(13)
    await watch.says()
    assert (await watch.watch.backlogs())[0].entries == 13
    watch.ahead = GRACE_SECONDS + 1
    assert await watch.says() == [f"3 events of bot {BOT} were thrown away unread"]
    [backlog] = await watch.watch.backlogs()
    assert (backlog.entries, backlog.lost) == (10, 3)
    assert "3 were lost so far" in (await watch.problems())[0]
    assert await watch.serve() == list(range(3, 13))


async def test_what_waits_too_long_is_thrown_away_too_long_after_an_alert(watch):
    await watch.add(1)
    watch.ahead = 23 * HOUR
    assert await watch.says() == []
    watch.ahead = 25 * HOUR
    assert len(await watch.says()) == 1
    watch.ahead = 47 * HOUR
    await watch.says()
    assert (await watch.watch.backlogs())[0].entries == 1
    watch.ahead = 49 * HOUR
    assert f"1 events of bot {BOT} were thrown away unread" in await watch.says()


async def test_once_the_bot_is_served_alerts_end_and_losses_stay_counted(watch):
    await watch.add(13)
    await watch.says()
    watch.ahead = GRACE_SECONDS + 1
    await watch.says()
    await watch.serve()
    await watch.stream.acknowledge(BOT, [entry_id.decode() for entry_id, _ in await watch.client.xrange(KEYS.events(BOT))])
    assert await watch.says() == []
    assert await watch.problems() == []
    assert (await watch.watch.backlogs())[0].lost == 3


async def test_a_bot_that_left_the_house_is_forgotten_after_a_day_but_not_what_waits_for_it(watch):
    await watch.add(1)
    await watch.says()
    watch.ahead = 25 * HOUR
    await watch.says()
    assert await watch.serve() == [0]
    await watch.stream.acknowledge(BOT, [entry_id.decode() for entry_id, _ in await watch.client.xrange(KEYS.events(BOT))])
    await watch.leave()
    for hours, known in ((26, 1), (49, 1), (51, 0)):
        watch.ahead = hours * HOUR
        await watch.says()
        assert len(await watch.watch.backlogs()) == known
    assert not await all_keys(watch.client) & {KEYS.events(BOT), f"{KEYS.tag}:streams"}
    await watch.add(2)
    assert await watch.serve() == [0, 1]


async def test_a_bot_that_is_served_is_not_forgotten_however_little_it_has_to_do(watch):
    await watch.serve()
    for days in (1, 2, 3):
        watch.ahead = days * 24 * HOUR
        await watch.says()
    assert [backlog.bot for backlog in await watch.watch.backlogs()] == [BOT]


async def test_the_alert_says_where_the_bot_has_a_slow_worker(watch):
    await watch.add(6)
    await watch.serve()
    [said] = await watch.says()
    assert "its worker does not keep up" in said


async def test_what_was_put_aside_shows_and_is_kept_within_the_same_limits(watch):
    for _ in range(12):
        await watch.client.xadd(KEYS.parked(BOT), {"v": "9", "t": "Sang", "d": "{}"})
    assert "12 events of another release are put aside" in (await watch.problems())[-1]
    await watch.says()
    watch.ahead = GRACE_SECONDS + 1
    assert await watch.says() == [f"2 events of bot {BOT} were thrown away unread"]


async def test_the_streams_of_a_removed_bot_are_deleted_but_never_while_it_is_served(watch):
    await watch.add(3)
    await watch.serve()
    await watch.watch.forget(BOT)
    assert len(await watch.watch.backlogs()) == 1
    await watch.leave()
    await watch.watch.forget(BOT)
    assert await watch.watch.backlogs() == []
    assert await all_keys(watch.client) <= {KEYS.sequence(watch.stream._writer.name)}
