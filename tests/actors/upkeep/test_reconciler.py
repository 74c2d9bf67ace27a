"""Pool and records are reconciled: after a wipe, after a restart that lost the last moment, and regularly."""

from __future__ import annotations

import time
from math import inf

import pytest

from actors.upkeep.reconciler import LOST_AT_MOST, SETTLED_SECONDS, Reconciler
from domain.configuration import LiveConfiguration
from domain.locks.records import Wanted
from domain.matching.locks import LockChat, Locked
from domain.matching.requests import UNNAMED, Banned, Find, Free, GetStatus, Mark, Memory, Paired, Seeker, Waiting
from domain.model.chat import Chat, ChatEnd
from domain.model.events import ChatEnded, Expelled, LockBroken, LockEnded, SearchEnded
from domain.model.ids import Address, BotId, ChatId, LockId, UserId
from domain.model.lock import Lock
from domain.model.profile import AgeBand, Gender, Wishes
from domain.model.separation import Apart, Separation
from domain.payments.credits import USED
from storage.redis.client import open_redis
from storage.redis.cluster.leases import RedisLeases
from storage.redis.keys import Keys
from storage.redis.pool.locks import RedisLockPool
from storage.redis.pool.pool import RedisPool
from storage.redis.pool.reconciliation import RedisReconciliation
from storage.redis.streams.event_codec import decode
from storage.redis.streams.event_stream import RedisEventStream
from storage.sql.bans import SqlBans
from storage.sql.chats import SqlChats
from storage.sql.database import open_database
from storage.sql.locks.locks import SqlLocks
from storage.sql.migrate import migrate
from storage.sql.payments.credits import SqlCredits
from storage.sql.restrictions import SqlRestrictions
from storage.sql.searches import SqlSearches

NOW = 1_800_000_000.0
ANNA, BORIS, CARLA = (Address(BotId(1), UserId(number)) for number in (10, 20, 30))
CHAT = Chat(id=ChatId("c1"), first=ANNA, second=BORIS, started=NOW - 100)
NEWER = Chat(id=ChatId("c2"), first=ANNA, second=CARLA, started=NOW - 50)
LOST = SearchEnded(user=CARLA.user, lost=True, began=77.0)


class Stores:
    """SQLite and memory://."""

    def __init__(self, database, redis) -> None:
        self.database = database
        self.chats = SqlChats(database)
        self.searches = SqlSearches(database, clock=lambda: 77.0)
        self.locks = SqlLocks(database)
        self.bans = SqlBans(database)
        self.restrictions = SqlRestrictions(database)
        self.redis = redis
        self.keys = Keys("main")
        self.pool = RedisPool(redis, self.keys, LiveConfiguration())
        self.now = NOW
        self.reconciler = self.another_reconciler()

    def another_reconciler(self) -> Reconciler:
        """Of a process that has just started."""
        return Reconciler(
            pool=self.pool,
            reconciliation=RedisReconciliation(self.redis, self.keys, LiveConfiguration()),
            chats=self.chats,
            bans=self.bans,
            restrictions=self.restrictions,
            searches=self.searches,
            locks=self.locks,
            events=RedisEventStream(self.redis, self.keys, owner="test"),
            clock=lambda: self.now,
        )

    async def wiped(self) -> None:
        """As a Redis without persistence is after a restart."""
        await self.redis.flushall()
        await self.redis.script_flush()
        await self.reconciler.look()

    async def restarted(self) -> None:
        """The server comes back from its append-only file, and differences have lasted long enough to count."""
        await self.redis.script_flush()
        await self.looks(Memory.RESTARTED)

    async def looks(self, memory: Memory = Memory.INTACT) -> None:
        """Compares twice, so far apart that a difference counts."""
        await self.reconciler.look()
        self.now += SETTLED_SECONDS[memory]
        await self.reconciler.look()

    async def stands(self, address: Address):
        [answer] = await self.pool.decide([GetStatus(user=address.user)])
        return answer

    async def searching(self, who: Address):
        lease = await RedisLeases(self.redis, self.keys, owner="test", seconds=30.0).acquire(who.bot)
        seeker = Seeker(address=who, gender=Gender.FEMALE, band=AgeBand.FROM_25, vip=False, wishes=Wishes(), scope="*")
        await self.pool.decide([Find(seeker=seeker, chat=ChatId(f"of-{who.user}"), mark=Mark(lease=lease, pts=None))])

    async def forgets(self, chat: Chat) -> None:
        """In the pool only."""
        await self.redis.hdel(self.keys.chats, chat.id)
        for member in (chat.first, chat.second):
            await self.redis.delete(self.keys.user(member.user))

    async def locked(self, chat: Chat, minutes: int = 10, *, ago: float = 0.0) -> Lock:
        """By its first member, so many seconds ago, and recorded."""
        since = time.time() - ago
        wanted = Wanted(id=LockId("l1"), owner=chat.first, chat=chat.id, minutes=minutes, price=9)
        lock = Lock(id=wanted.id, chat=chat.id, owner=chat.first, since=since, until=since + 60 * minutes)
        await SqlCredits(self.database).give(chat.first.user, chat.first.bot, "one", 9)
        await self.locks.hold(wanted)
        await self.locks.use(lock)
        return lock

    async def told(self, bot: BotId):
        return [decode(fields) for _, fields in await self.redis.xrange(self.keys.events(bot))]

    async def live(self):
        return [chat.id async for chat in self.chats.live()]


@pytest.fixture
async def stores(tmp_path):
    """An intact pool with nobody in it."""
    database = await open_database(f"sqlite:{tmp_path / 'records.db'}")
    await migrate(database)
    redis = open_redis("memory://")
    stores = Stores(database, redis)
    await stores.reconciler.look()
    yield stores
    await redis.aclose()
    await database.close()


# --- a pool that has lost everything


async def test_live_chats_are_put_back_in_a_pool_that_knows_nothing(stores):
    await stores.chats.opened(CHAT)
    await stores.wiped()
    for member in (ANNA, BORIS):
        assert (await stores.stands(member)).chat == CHAT
    assert await stores.live() == [CHAT.id]


async def test_of_two_live_chats_of_one_person_the_newer_is_put_back_and_the_older_is_ended(stores):
    """The records missed the end of the older one."""
    await stores.chats.opened(CHAT)
    await stores.chats.opened(NEWER)
    await stores.wiped()
    for member in (ANNA, CARLA):
        assert (await stores.stands(member)).chat == NEWER
    assert isinstance(await stores.stands(BORIS), Free)
    assert ChatEnded(user=BORIS.user, chat=CHAT.id, why=ChatEnd.LOST) in await stores.told(BORIS.bot)


async def test_whoever_searched_is_told_that_it_was_lost_and_only_once(stores):
    await stores.searches.begun(CARLA)
    await stores.wiped()
    assert await stores.told(CARLA.bot) == [LOST]
    await stores.looks()
    assert await stores.told(CARLA.bot) == [LOST]


@pytest.mark.parametrize("why", Apart)
async def test_bans_and_separations_are_put_back_and_whoever_is_banned_is_in_no_chat(stores, why):
    await stores.bans.ban(ANNA.user, inf, "spam", "admin")
    await stores.restrictions.separate(Separation(user=BORIS.user, other=CARLA.user, why=why))
    await stores.chats.opened(CHAT)
    await stores.wiped()
    assert isinstance(await stores.stands(ANNA), Banned)
    assert isinstance(await stores.stands(BORIS), Free)
    for seeker in (BORIS, CARLA):
        await stores.searching(seeker)
    assert isinstance(await stores.stands(CARLA), Waiting)


async def test_a_pool_that_is_wiped_twice_is_put_right_twice(stores):
    await stores.restrictions.separate(Separation(user=BORIS.user, other=CARLA.user))
    await stores.wiped()
    await stores.chats.opened(CHAT)
    await stores.wiped()
    assert (await stores.stands(ANNA)).chat == CHAT
    assert await stores.redis.hlen(f"{stores.keys.tag}:apart:{BORIS.user}") == 1


async def test_once_a_wiped_pool_is_put_right_it_counts_as_intact(stores):
    await stores.wiped()
    assert await RedisReconciliation(stores.redis, stores.keys, LiveConfiguration()).memory() is Memory.INTACT


# --- a pool that has lost its last moment


async def test_a_match_that_a_restarted_server_lost_is_put_back_and_its_search_is_gone(stores):
    await stores.searching(ANNA)
    await stores.chats.opened(CHAT)
    await stores.restarted()
    for member in (ANNA, BORIS):
        assert (await stores.stands(member)).chat == CHAT
    assert (await stores.pool.counts()).waiting == 0


async def test_what_a_second_restart_lost_before_the_first_was_put_right_is_put_back_too(stores):
    await stores.redis.script_flush()
    await stores.reconciler.look()
    await stores.chats.opened(CHAT)
    await stores.searches.begun(CARLA)
    for _ in range(2):
        stores.now += SETTLED_SECONDS[Memory.RESTARTED]
        await stores.reconciler.look()
    assert (await stores.stands(ANNA)).chat == CHAT
    assert await stores.told(CARLA.bot) == [LOST]
    assert await RedisReconciliation(stores.redis, stores.keys, LiveConfiguration()).memory() is Memory.INTACT


async def test_a_server_that_restarts_right_after_it_was_put_right_is_put_right_again(stores):
    await stores.restarted()
    await stores.chats.opened(CHAT)
    await stores.restarted()
    assert (await stores.stands(ANNA)).chat == CHAT


async def test_a_chat_that_ends_between_two_comparisons_is_not_put_back(stores):
    await stores.chats.opened(CHAT)
    await stores.redis.script_flush()
    await stores.reconciler.look()
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    stores.now += SETTLED_SECONDS[Memory.RESTARTED]
    await stores.reconciler.look()
    assert isinstance(await stores.stands(ANNA), Free)


async def test_a_chat_that_was_left_long_before_the_restart_is_not_put_back(stores):
    """Its end never reached the records: the database was away, and then the worker was killed."""
    await stores.chats.opened(CHAT)
    stores.now += 2 * LOST_AT_MOST
    await stores.reconciler.look()
    await stores.restarted()
    for member in (ANNA, BORIS):
        assert isinstance(await stores.stands(member), Free)
    assert await stores.live() == []
    assert await stores.told(ANNA.bot) == []


async def test_a_chat_whose_end_a_restarted_server_lost_is_ended_again(stores):
    await stores.chats.opened(CHAT)
    await stores.wiped()
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    await stores.restarted()
    for member in (ANNA, BORIS):
        assert isinstance(await stores.stands(member), Free)
        assert ChatEnded(user=member.user, chat=CHAT.id, why=ChatEnd.LOST) in await stores.told(member.bot)


async def test_if_a_member_of_a_lost_chat_is_in_another_chat_by_now_both_members_are_told(stores):
    await stores.chats.opened(NEWER)
    await stores.wiped()
    await stores.chats.opened(CHAT)
    await stores.restarted()
    assert (await stores.stands(ANNA)).chat == NEWER
    assert [event.user for event in await stores.told(ANNA.bot) if isinstance(event, ChatEnded)] == [ANNA.user, BORIS.user]


async def test_whoever_searched_at_a_restart_and_is_not_in_the_queue_any_more_is_told(stores):
    await stores.searches.begun(CARLA)
    await stores.restarted()
    assert await stores.told(CARLA.bot) == [LOST]


async def test_a_ban_that_a_restarted_server_lost_ends_the_search(stores):
    await stores.searching(ANNA)
    await stores.bans.ban(ANNA.user, inf, "spam", "admin")
    await stores.restarted()
    assert isinstance(await stores.stands(ANNA), Banned)
    assert await stores.told(ANNA.bot) == [Expelled(user=ANNA.user, until=None)]


# --- a pool that has lost nothing


async def test_a_chat_whose_end_the_records_missed_is_ended_there_and_nobody_is_told(stores):
    await stores.chats.opened(CHAT)
    await stores.looks()
    stores.now += SETTLED_SECONDS[Memory.INTACT]
    await stores.reconciler.look()
    assert await stores.live() == []
    assert isinstance(await stores.stands(ANNA), Free)
    assert await stores.told(ANNA.bot) == []


async def test_a_difference_of_a_moment_changes_nothing(stores):
    await stores.chats.opened(CHAT)
    stores.now += SETTLED_SECONDS[Memory.INTACT]
    await stores.reconciler.look()
    assert await stores.live() == [CHAT.id]
    stores.now += SETTLED_SECONDS[Memory.INTACT] - 1
    await stores.reconciler.look()
    assert await stores.live() == [CHAT.id]


async def test_a_chat_that_only_the_pool_knows_is_recorded(stores):
    for seeker in (ANNA, BORIS):
        await stores.searching(seeker)
    chat = (await stores.stands(ANNA)).chat
    stores.now += SETTLED_SECONDS[Memory.INTACT]
    await stores.looks()
    assert await stores.live() == [chat.id]


async def test_a_chat_that_has_ended_in_the_records_is_ended_in_the_pool_too(stores):
    await stores.chats.opened(CHAT)
    await stores.wiped()
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    await stores.looks()
    assert isinstance(await stores.stands(ANNA), Free)


async def test_a_chat_that_is_live_in_pool_and_records_is_left_alone(stores):
    await stores.chats.opened(CHAT)
    await stores.wiped()
    for _ in range(3):
        await stores.looks()
    assert isinstance(await stores.stands(ANNA), Paired)
    assert await stores.live() == [CHAT.id]
    assert await stores.told(ANNA.bot) == []


async def test_locks_come_back_into_a_wiped_pool_with_their_chats(stores):
    await stores.chats.opened(CHAT)
    lock = await stores.locked(CHAT)
    await stores.wiped()
    stands = await stores.stands(BORIS)
    assert (stands.chat, stands.locked_until) == (CHAT, pytest.approx(lock.until, abs=0.01))
    assert (await stores.stands(ANNA)).locked_until == 0.0


async def test_a_lock_that_was_over_while_nobody_could_say_so_is_told_of(stores):
    await stores.chats.opened(CHAT)
    await stores.locked(CHAT, minutes=5, ago=305.0)
    await stores.wiped()
    pool = RedisLockPool(stores.redis, stores.keys)
    await pool.end_due()
    events = [event for bot in {ANNA.bot, BORIS.bot} for event in await stores.told(bot)]
    assert sorted(event.user for event in events if isinstance(event, LockEnded)) == [ANNA.user, BORIS.user]
    await stores.looks()
    assert await pool.end_due() is None, "nobody is told again"
    assert (await stores.stands(BORIS)).locked_until == 0.0


async def test_a_lock_that_was_over_long_ago_is_not_told_of_again(stores):
    await stores.chats.opened(CHAT)
    await stores.locked(CHAT, minutes=5, ago=365.0)
    await stores.wiped()
    assert await RedisLockPool(stores.redis, stores.keys).end_due() is None
    assert await stores.told(BORIS.bot) == []


class Sale:
    """A lock of the chat that Anna buys, step by step. What the pool has said to the worker, `use` books."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.pool = RedisLockPool(stores.redis, stores.keys)
        self.wanted = Wanted(id=LockId("l1"), owner=ANNA, chat=CHAT.id, minutes=10, price=9)
        self.set_as: Lock | None = None

    async def set(self) -> None:
        lease = await RedisLeases(self.stores.redis, self.stores.keys, owner="test", seconds=30.0).acquire(ANNA.bot)
        asked = LockChat(lock=self.wanted.id, address=ANNA, chat=CHAT.id, seconds=600.0, longest=3600.0)
        [answer] = await self.stores.pool.decide([asked.stamped(Mark(lease=lease, pts=None), UNNAMED)])
        if isinstance(answer, Locked):
            self.set_as = Lock(id=self.wanted.id, chat=CHAT.id, owner=ANNA, since=answer.since, until=answer.until)

    async def use(self) -> None:
        if self.set_as is not None:
            await self.stores.locks.use(self.set_as)

    async def wipe(self) -> None:
        """The pool is put together again from the records."""
        await self.stores.wiped()

    async def settle(self) -> None:
        for lock, found in (await self.pool.settle([self.wanted.id])).items():
            set_then = isinstance(found, Lock)
            await (self.stores.locks.use(found) if set_then else self.stores.locks.void(lock, untold=True))

    async def ask(self) -> None:
        """The first half of it, by a process that is slow then."""
        await self.pool.settle([self.wanted.id])


@pytest.mark.parametrize(
    ("steps", "bought"),
    [
        ("set use wipe settle", True),
        ("set settle wipe", True),
        ("set wipe settle", False),  # the worker was killed before it had booked what it knew
        ("set wipe settle use", False),
        ("set wipe use settle", True),  # booked once the pool was put together again already
        ("set wipe ask use settle", True),
        ("wipe set use settle", True),
        ("wipe set settle wipe", True),
        ("settle set use", False),
        ("wipe settle set use", False),
        ("settle wipe settle", False),
    ],
)
async def test_a_lock_holds_if_it_is_paid_whatever_comes_in_whatever_order(stores, steps, bought):
    sale = Sale(stores)
    await stores.chats.opened(CHAT)
    await stores.wiped()
    await SqlCredits(stores.database).give(ANNA.user, ANNA.bot, "one", 9)
    await stores.locks.hold(sale.wanted)
    for step in steps.split():
        await getattr(sale, step)()
    await sale.settle()
    await stores.looks()
    async with stores.database.connection() as connection:
        used = int(await stores.database.queries.account_balance(connection, id=USED))
    assert (used, await SqlCredits(stores.database).balance(ANNA.user)) == ((9, 0) if bought else (0, 9))
    assert await sale.pool.in_force() == bought
    assert bool((await stores.stands(BORIS)).locked_until) is bought


async def test_a_lock_whose_chat_does_not_come_back_stays_away(stores):
    await stores.chats.opened(CHAT)
    await stores.locked(CHAT)
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    await stores.wiped()
    assert await stores.stands(BORIS) == Free(marks={})
    assert await RedisLockPool(stores.redis, stores.keys).in_force() == 0


async def test_a_lock_of_a_chat_that_is_over_is_handed_to_its_owner(stores):
    """As by a worker of a release that knows no locks."""
    await stores.chats.opened(CHAT)
    lock = await stores.locked(CHAT)
    await stores.wiped()
    await stores.forgets(CHAT)
    await stores.chats.ended(CHAT.id, ChatEnd.STOPPED)
    await stores.looks()
    [broken] = [each for each in await stores.told(BotId(1)) if isinstance(each, LockBroken)]
    assert (broken.user, broken.lock.id, broken.why, broken.by) == (ANNA.user, lock.id, ChatEnd.LOST, None)
