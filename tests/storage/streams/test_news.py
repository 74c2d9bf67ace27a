"""What every process has to hear: each from when it began, and none thinks that it heard all where it did not."""

from __future__ import annotations

import pytest

from domain.errors import Unavailable
from domain.model.events import ConfigChanged, ProfileChanged
from domain.model.ids import UserId
from storage.redis.keys import Keys
from storage.redis.scripts import Scripts
from storage.redis.streams.news import RedisNews
from tests.storage.pool.town import MINUTE

ANNA, BORIS = UserId(1), UserId(2)
KEYS = Keys("town")


@pytest.fixture
async def processes(client):
    both = [RedisNews(client, KEYS) for _ in range(2)]
    for each in both:
        assert await each.read() == []
    return both


@pytest.fixture
def say(client):
    """Announces it in a process of its own."""

    async def say(user: UserId) -> None:
        news = RedisNews(client, KEYS)
        news.announce(user)
        await news.send()

    return say


async def test_every_process_hears_everything_once_and_in_order(processes, say):
    await say(ANNA)
    await say(BORIS)
    for each in processes:
        assert await each.read() == [ProfileChanged(user=ANNA), ProfileChanged(user=BORIS)]
        assert await each.read() == []


async def test_a_process_knows_its_own_news_from_those_of_others(processes, say):
    mine, other = processes
    await say(ANNA)
    mine.announce(ANNA)
    mine.announce(BORIS)
    assert await mine.read() == [
        ProfileChanged(user=ANNA),
        ProfileChanged(user=ANNA, ours=True),
        ProfileChanged(user=BORIS, ours=True),
    ]
    assert await other.read() == [ProfileChanged(user=ANNA), ProfileChanged(user=ANNA), ProfileChanged(user=BORIS)]


async def test_who_begins_later_hears_only_what_is_new(say, client):
    await say(ANNA)
    later = RedisNews(client, KEYS)
    assert await later.read() == []
    await say(BORIS)
    assert await later.read() == [ProfileChanged(user=BORIS)]


async def test_a_ban_is_news_in_the_same_step(town):
    news = RedisNews(town.client, town.keys)
    await news.read()
    await town.pool.ban(ANNA, town.now + MINUTE)
    assert await news.read() == [ProfileChanged(user=ANNA)]


async def test_who_missed_something_is_told_so(processes, say, client):
    await say(ANNA)
    await processes[1].read()
    for _ in range(3):
        await say(BORIS)
    await client.xtrim(KEYS.news, maxlen=1, approximate=False)
    assert await processes[1].read() is None
    assert await processes[1].read() == []


async def test_a_server_that_forgot_everything_is_noticed(processes, say, client):
    await say(ANNA)
    await processes[1].read()
    await client.delete(KEYS.news)
    assert await processes[1].read() is None
    await say(BORIS)
    assert await processes[1].read() == [ProfileChanged(user=BORIS)]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"v": "2", "t": "ProfileChanged", "d": '{"user":1}'}, "version b'2', type b'ProfileChanged'"),
        ({"v": "1", "t": "ProfileTornUp", "d": '{"user":1}'}, "version b'1', type b'ProfileTornUp'"),
        ({"v": "1", "t": "ProfileChanged", "d": '{"user":'}, "ProfileChanged: Input data was truncated"),
        ({"v": "1", "t": "ProfileChanged", "d": '{"user":"Anna"}'}, "ProfileChanged: Expected `int`, got `str`"),
        ({"v": "1", "t": "ProfileChanged", "d": b"\xff\xfe"}, "ProfileChanged: "),
        ({"v": "1", "t": "ProfileChanged"}, "ProfileChanged: Input data was truncated"),
        ({"x": "y"}, "version None, type None"),
    ],
)
async def test_what_cannot_be_read_is_as_good_as_missed_and_is_logged_once(processes, say, client, caplog, fields, told):
    await say(ANNA)
    await client.xadd(KEYS.news, fields)
    assert await processes[1].read() is None
    assert [told in record.message for record in caplog.records] == [True]
    assert await processes[1].read() == []
    await say(BORIS)
    assert await processes[1].read() == [ProfileChanged(user=BORIS)]
    assert len(caplog.records) == 1


async def test_what_is_announced_while_the_server_is_away_is_sent_once_it_is_back(processes, monkeypatch):
    async def away(*_):
        raise Unavailable("away")

    with monkeypatch.context() as outage:
        outage.setattr(Scripts, "run_all", away)
        processes[0].announce(ANNA)
        with pytest.raises(Unavailable):
            await processes[0].read()
        processes[0].announce(BORIS)
    await processes[0].read()
    assert await processes[1].read() == [ProfileChanged(user=ANNA), ProfileChanged(user=BORIS)]


async def test_a_changed_configuration_is_announced_and_no_profile_is_forgotten_for_it(processes):
    here, elsewhere = processes
    for news in processes:
        await news.read()
    here.announce_configuration("profile", 3)
    here.announce(ANNA)
    await here.read()
    assert await elsewhere.read() == [ConfigChanged(section="profile", version=3), ProfileChanged(user=ANNA)]
