"""The pool's memory is put back where it was lost, old records are deleted."""

from __future__ import annotations

import pytest

from actors import caretaker
from actors.caretaker import CaretakerActor
from domain.events import ProfileChanged, SearchEnded
from domain.messages import CleanUp, HearNews, TendStreams
from domain.pool import Look, Paired
from domain.settings import Matching, Streams
from domain.values import Address, BotId, Chat, ChatId, UserId
from storage.chats import SqlChats
from storage.database import open_database
from storage.event_codec import decode
from storage.event_stream import RedisEventStream
from storage.keys import Keys
from storage.migrate import migrate
from storage.news import RedisNews
from storage.pool import RedisPool
from storage.redis_client import open_redis
from storage.restrictions import SqlRestrictions
from storage.searches import SqlSearches
from storage.stream_watch import RedisStreamWatch

ANNA, BORIS, CARLA = (Address(BotId(1), UserId(number)) for number in (10, 20, 30))
CHAT = Chat(id=ChatId("c1"), first=ANNA, second=BORIS, started=1000.0)


class Stores:
    """SQLite and memory://; `wipe` is what a Redis without persistence does at a restart."""

    def __init__(self, database, redis) -> None:
        self.chats = SqlChats(database)
        self.searches = SqlSearches(database, clock=lambda: 77.0)
        self.restrictions = SqlRestrictions(database)
        self.redis = redis
        self.keys = Keys("main")
        self.pool = RedisPool(redis, self.keys, Matching())
        self.purged = 0
        self.news = RedisNews(redis, self.keys)
        self.changed = []

    async def care(self):
        events = RedisEventStream(self.redis, self.keys, owner="test")
        ref = CaretakerActor.start(
            pool=self.pool,
            chats=self.chats,
            restrictions=self.restrictions,
            searches=self.searches,
            events=events,
            news=self.news,
            changed=self.changed.append,
            streams=RedisStreamWatch(self.redis, self.keys, Streams(max_entries=2)),
            purge=self.purge,
        )
        await ref.started()
        return ref

    async def purge(self) -> int:
        self.purged += 1
        return 0

    async def told(self, bot: BotId):
        return [decode(fields) for _, fields in await self.redis.xrange(self.keys.events(bot))]


@pytest.fixture
async def stores(tmp_path):
    database = await open_database(f"sqlite:{tmp_path / 'records.db'}")
    await migrate(database)
    redis = open_redis("memory://")
    yield Stores(database, redis)
    await redis.aclose()
    await database.close()


async def test_live_chats_are_put_back_before_anybody_is_served(stores):
    await stores.chats.opened(CHAT)
    ref = await stores.care()
    [answer] = await stores.pool.decide([Look(user=ANNA.user)])
    assert isinstance(answer, Paired)
    assert answer.chat == CHAT
    await ref.stop()


async def test_whoever_searched_is_told_and_a_second_look_tells_nobody_again(stores):
    await stores.searches.begun(CARLA)
    ref = await stores.care()
    lost = SearchEnded(user=CARLA.user, lost=True, began=77.0)
    assert await stores.told(CARLA.bot) == [lost]
    await ref.ask(caretaker.CheckMemory(), timeout=5)
    assert await stores.told(CARLA.bot) == [lost]
    await ref.stop()


async def test_a_wipe_while_running_is_noticed(stores):
    ref = await stores.care()
    await stores.chats.opened(CHAT)
    await stores.redis.flushall()
    await ref.ask(caretaker.CheckMemory(), timeout=5)
    [answer] = await stores.pool.decide([Look(user=BORIS.user)])
    assert isinstance(answer, Paired)
    await ref.stop()


async def test_old_records_are_deleted(stores):
    ref = await stores.care()
    await ref.ask(CleanUp(), timeout=5)
    assert stores.purged == 1
    await ref.stop()


async def test_event_streams_near_their_limits_are_said(stores, caplog):
    ref = await stores.care()
    await stores.redis.hset("{main}:streams", str(CARLA.bot), "0:0:0")
    await stores.searches.begun(CARLA)
    await stores.redis.xadd(stores.keys.events(CARLA.bot), {"v": "1"})
    await ref.ask(TendStreams(), timeout=5)
    assert f"bot {CARLA.bot}: 1 events wait" in caplog.text
    await ref.stop()


async def test_what_changed_elsewhere_is_heard_here(stores):
    ref = await stores.care()
    await RedisNews(stores.redis, stores.keys).announce(ANNA.user)
    await ref.ask(HearNews(), timeout=5)
    assert stores.changed == [ProfileChanged(user=ANNA.user)]
    await ref.stop()
