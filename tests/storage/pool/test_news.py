"""What every process has to hear: each from when it began, and none thinks that it heard all where it did not."""

from __future__ import annotations

import pytest

from domain.events import ProfileChanged
from domain.values import UserId
from storage.keys import Keys
from storage.news import RedisNews
from storage.redis_client import open_redis
from tests.storage.pool.town import MINUTE

ANNA, BORIS = UserId(1), UserId(2)
KEYS = Keys("town")


@pytest.fixture
async def processes(client):
    both = [RedisNews(client, KEYS) for _ in range(2)]
    for each in both:
        assert await each.read() == []
    return both


async def test_every_process_hears_everything_once_and_in_order(processes):
    await processes[0].announce(ANNA)
    await processes[1].announce(BORIS)
    for each in processes:
        assert await each.read() == [ProfileChanged(user=ANNA), ProfileChanged(user=BORIS)]
        assert await each.read() == []


async def test_who_begins_later_hears_only_what_is_new(processes, client):
    await processes[0].announce(ANNA)
    later = RedisNews(client, KEYS)
    assert await later.read() == []
    await processes[0].announce(BORIS)
    assert await later.read() == [ProfileChanged(user=BORIS)]


async def test_a_ban_is_news_in_the_same_step(processes, town):
    news = RedisNews(town.client, town.keys)
    await news.read()
    await town.pool.ban(ANNA, town.now + MINUTE)
    assert await news.read() == [ProfileChanged(user=ANNA)]


async def test_who_missed_something_is_told_so(processes, client):
    await processes[0].announce(ANNA)
    await processes[1].read()
    for _ in range(3):
        await processes[0].announce(BORIS)
    await client.xtrim(KEYS.news, maxlen=1, approximate=False)
    assert await processes[1].read() is None
    assert await processes[1].read() == []


async def test_a_server_that_forgot_everything_is_noticed(processes, client):
    await processes[0].announce(ANNA)
    await processes[1].read()
    await client.delete(KEYS.news)
    assert await processes[1].read() is None
    await processes[0].announce(BORIS)
    assert await processes[1].read() == [ProfileChanged(user=BORIS)]


async def test_a_server_that_is_away_breaks_no_write(caplog):
    nowhere = open_redis("redis://127.0.0.1:1")
    await RedisNews(nowhere, KEYS).announce(ANNA)
    assert "hear of a changed profile late" in caplog.text
    await nowhere.aclose()
