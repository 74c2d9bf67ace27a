"""The pool's memory is put back where it was lost, old records are deleted."""

from __future__ import annotations

import time

import pytest

from actors import caretaker
from actors.caretaker import CaretakerActor
from actors.repair import SETTLED_SECONDS, Repair
from actors.restoration import Restoration
from domain.configuration import Matching
from domain.events import Parted, ProfileChanged, SearchEnded
from domain.messages import CleanUp, HearNews, TendStreams
from domain.pool import Banned, Find, Free, GetStatus, Mark, Paired, Seeker, Waiting
from domain.settings import Streams
from domain.values import Address, AgeBand, BotId, Chat, ChatEnd, ChatId, Gender, Profile, UserId, Wishes
from storage.chats import SqlChats
from storage.database import open_database
from storage.event_codec import decode
from storage.event_stream import RedisEventStream
from storage.keys import Keys
from storage.leases import RedisLeases
from storage.migrate import migrate
from storage.news import RedisNews
from storage.pool import RedisPool
from storage.pool_repairs import RedisRepairs
from storage.redis_client import open_redis
from storage.restrictions import SqlRestrictions
from storage.searches import SqlSearches
from storage.stream_watch import RedisStreamWatch
from tests.records import keep

ANNA, BORIS, CARLA = (Address(BotId(1), UserId(number)) for number in (10, 20, 30))
CHAT = Chat(id=ChatId("c1"), first=ANNA, second=BORIS, started=1000.0)


class Stores:
    """SQLite and memory://; `wipe` is what a Redis without persistence does at a restart."""

    def __init__(self, database, redis) -> None:
        self.chats = SqlChats(database)
        self.searches = SqlSearches(database, clock=lambda: 77.0)
        self.database = database
        self.restrictions = SqlRestrictions(database)
        self.redis = redis
        self.keys = Keys("main")
        self.pool = RedisPool(redis, self.keys, Matching())
        self.repairs = RedisRepairs(redis, self.keys, Matching())
        self.now = 100_000.0
        self.purged = 0
        self.news = RedisNews(redis, self.keys)
        self.changed = []

    def repair(self) -> Repair:
        return Repair(
            pool=self.pool,
            repairs=self.repairs,
            chats=self.chats,
            searches=self.searches,
            events=RedisEventStream(self.redis, self.keys, owner="test"),
            clock=lambda: self.now,
        )

    async def care(self):
        events = RedisEventStream(self.redis, self.keys, owner="test")
        restoration = Restoration(
            pool=self.pool,
            repairs=self.repairs,
            chats=self.chats,
            restrictions=self.restrictions,
            searches=self.searches,
            events=events,
        )
        ref = CaretakerActor.start(
            news=self.news,
            changed=self.changed.append,
            streams=RedisStreamWatch(self.redis, self.keys, Streams(max_entries=2)),
            restore=restoration.look,
            repair=self.repair().look,
            purge=self.purge,
        )
        await ref.started()
        return ref

    async def purge(self) -> int:
        self.purged += 1
        return 0

    async def finds(self, who: Address):
        lease = await RedisLeases(self.redis, self.keys, owner="test", seconds=30.0).acquire(who.bot)
        seeker = Seeker(address=who, gender=Gender.FEMALE, band=AgeBand.FROM_25, vip=False, wishes=Wishes(), scope="*")
        chat = ChatId(f"found-by-{who.user}")
        [answer] = await self.pool.decide([Find(seeker=seeker, chat=chat, mark=Mark(lease=lease, pts=None))])
        return answer

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
    [answer] = await stores.pool.decide([GetStatus(user=ANNA.user)])
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


async def test_what_was_put_back_is_not_looked_through_for_a_lost_moment(stores):
    ref = await stores.care()
    assert not await stores.repairs.needed()
    await stores.redis.flushall()
    await stores.redis.script_flush()
    await ref.ask(caretaker.CheckMemory(), timeout=5)
    assert not await stores.repairs.needed()
    await ref.stop()


async def test_a_wipe_while_running_is_noticed(stores):
    ref = await stores.care()
    await stores.chats.opened(CHAT)
    await stores.redis.flushall()
    await ref.ask(caretaker.CheckMemory(), timeout=5)
    [answer] = await stores.pool.decide([GetStatus(user=BORIS.user)])
    assert isinstance(answer, Paired)
    await ref.stop()


@pytest.mark.parametrize("until", [float("inf"), time.time() + 3600], ids=["for ever", "for an hour"])
async def test_a_pool_that_was_wiped_refuses_the_banned_again(stores, until):
    ref = await stores.care()
    await keep(stores.database, Profile(user=ANNA.user, banned_until=until))
    await stores.redis.flushall()
    await ref.ask(caretaker.CheckMemory(), timeout=5)
    assert await stores.finds(ANNA) == Banned(until=pytest.approx(until), marks={})
    assert isinstance(await stores.finds(BORIS), Waiting)
    await ref.stop()


@pytest.mark.parametrize(("blocker", "blocked"), [(ANNA, BORIS), (BORIS, ANNA)])
async def test_a_pool_that_was_wiped_keeps_the_blocked_apart_again(stores, blocker, blocked):
    ref = await stores.care()
    await stores.restrictions.block(blocker.user, blocked.user)
    await stores.redis.flushall()
    await ref.ask(caretaker.CheckMemory(), timeout=5)
    assert isinstance(await stores.finds(ANNA), Waiting)
    assert isinstance(await stores.finds(BORIS), Waiting)
    met = await stores.finds(CARLA)
    assert met.chat.partner_of(CARLA.user) == ANNA
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
    elsewhere = RedisNews(stores.redis, stores.keys)
    elsewhere.announce(ANNA.user)
    await elsewhere.read()
    await ref.ask(HearNews(), timeout=5)
    assert stores.changed == [ProfileChanged(user=ANNA.user)]
    await ref.stop()


async def repaired(stores) -> None:
    """Two looks, as far apart as a difference must last."""
    repair = stores.repair()
    await repair.look()
    stores.now += SETTLED_SECONDS
    await repair.look()


async def stands(stores, address: Address):
    [answer] = await stores.pool.decide([GetStatus(user=address.user)])
    return answer


async def test_a_match_that_a_restarted_server_forgot_is_put_back_and_nobody_waits_any_more(stores):
    await stores.pool.restore([])
    await stores.finds(ANNA)
    await stores.chats.opened(CHAT)
    await repaired(stores)
    for member in (ANNA, BORIS):
        assert (await stands(stores, member)).chat == CHAT
    assert (await stores.pool.counts()).waiting == 0


async def test_what_a_second_restart_forgot_while_the_first_was_looked_into_is_put_back_too(stores):
    repair = stores.repair()
    await repair.look()
    await stores.chats.opened(CHAT)
    await stores.searches.begun(CARLA)
    for _ in range(2):
        stores.now += SETTLED_SECONDS
        await repair.look()
    assert (await stands(stores, ANNA)).chat == CHAT
    assert await stores.told(CARLA.bot) == [SearchEnded(user=CARLA.user, lost=True, began=77.0)]
    assert not await stores.repairs.needed()


async def test_a_chat_that_ends_meanwhile_is_not_put_back(stores):
    await stores.chats.opened(CHAT)
    repair = stores.repair()
    await repair.look()
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    stores.now += SETTLED_SECONDS
    await repair.look()
    assert isinstance(await stands(stores, ANNA), Free)


async def test_a_chat_whose_end_a_restarted_server_forgot_is_ended(stores):
    await stores.pool.restore([CHAT])
    await stores.chats.opened(CHAT)
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    await repaired(stores)
    for member in (ANNA, BORIS):
        assert isinstance(await stands(stores, member), Free)
        assert Parted(user=member.user, chat=CHAT.id, why=ChatEnd.LOST) in await stores.told(member.bot)


async def test_where_a_member_of_a_forgotten_chat_is_in_another_by_now_both_are_told(stores):
    await stores.pool.restore([Chat(id=ChatId("c2"), first=ANNA, second=CARLA, started=2000.0)])
    await stores.chats.opened(CHAT)
    await repaired(stores)
    assert (await stands(stores, ANNA)).chat.id == "c2"
    assert [event.user for event in await stores.told(ANNA.bot) if isinstance(event, Parted)] == [ANNA.user, BORIS.user]


async def test_whoever_searched_when_the_server_was_restarted_and_does_no_more_is_told(stores):
    await stores.searches.begun(CARLA)
    await repaired(stores)
    assert await stores.told(CARLA.bot) == [SearchEnded(user=CARLA.user, lost=True, began=77.0)]


async def test_a_server_that_was_not_restarted_is_left_alone(stores):
    await repaired(stores)
    await stores.chats.opened(CHAT)
    await repaired(stores)
    assert isinstance(await stands(stores, ANNA), Free)
    await stores.redis.script_flush()
    await repaired(stores)
    assert isinstance(await stands(stores, ANNA), Paired)
