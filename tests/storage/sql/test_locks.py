"""Locks and their credits change together, once, whatever comes twice, at once, late, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bench.payments.credits import faults_of
from domain.locks.records import Booked, LockState, Returned, TooFew, Wanted
from domain.model.chat import Chat, ChatEnd
from domain.model.events import LockBroken
from domain.model.ids import Address, BotId, ChatId, LockId, UserId
from domain.model.lock import Lock
from domain.payments.credits import HELD, LOST, USED
from domain.payments.payload import read_payload
from domain.payments.updates import Charge
from storage.sql.chats import SqlChats
from storage.sql.locks.locks import FORGOTTEN_SECONDS, RUN_OUT_SECONDS, SqlLocks
from storage.sql.payments.credits import SqlCredits
from storage.sql.payments.ledger import SqlLedger
from storage.sql.payments.outbox import SqlOutbox
from tests.storage.sql.test_credits import pack
from tests.storage.sql.test_payments import SECRET, charge, refund

BOT, ANNA, BORIS = BotId(1), UserId(7_000_000_001), UserId(8_000_000_002)
HERE = Address(BOT, ANNA)
CHAT = Chat(id=ChatId("c1"), first=HERE, second=Address(BOT, BORIS), started=1_000.0)
WANTED = Wanted(id=LockId("l1"), owner=HERE, chat=CHAT.id, minutes=10, price=9)
PENDING = Booked(state=LockState.PENDING, until=0.0)


class Clock:
    def __init__(self) -> None:
        self.now = 2_000.0

    def __call__(self) -> float:
        return self.now


class Locksmith:
    """The records of locks, and what a test asks of them."""

    def __init__(self, database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.locks = SqlLocks(database, clock=clock)
        self.credits = SqlCredits(database, clock=clock)
        self.chats = SqlChats(database, clock=clock)

    def lock(self, wanted: Wanted = WANTED, *, since: float = 2_000.0) -> Lock:
        return Lock(id=wanted.id, chat=wanted.chat, owner=wanted.owner, since=since, until=since + 60 * wanted.minutes)

    async def locked(self, wanted: Wanted = WANTED, *, since: float = 2_000.0) -> Lock:
        lock = self.lock(wanted, since=since)
        assert await self.locks.hold(wanted) == PENDING
        assert await self.locks.use(lock)
        return lock

    async def account(self, name: str) -> int:
        async with self.database.connection() as connection:
            return int(await self.database.queries.account_balance(connection, id=name))

    async def balances(self) -> tuple[int, int, int]:
        """Of the owner, held, used."""
        return await self.credits.balance(ANNA), await self.account(HELD), await self.account(USED)

    async def state(self, lock: LockId = WANTED.id) -> str:
        async with self.database.connection() as connection:
            row = await self.database.queries.lock_state(connection, id=lock)
        return row[0]

    async def owed(self) -> list[tuple[str, dict]]:
        return [(each.text, dict(each.arguments)) for each in await SqlOutbox(self.database).due(BOT, 9e9)]

    async def erased(self) -> None:
        async with self.database.connection() as connection:
            await self.database.queries.erase_locks(connection, user=ANNA)


@pytest.fixture
async def smith(database):
    smith = Locksmith(database, Clock())
    await smith.credits.give(ANNA, BOT, "one", 20)
    await smith.chats.opened(CHAT)
    yield smith
    assert await faults_of(database) == []


def broken(lock: Lock, *, after: float = 120.0, why: ChatEnd = ChatEnd.BANNED, by: UserId | None = BORIS) -> LockBroken:
    return LockBroken(user=lock.owner.user, lock=lock, ended=lock.since + after, why=why, by=by)


async def test_the_price_is_held_and_then_used(smith):
    assert await smith.locks.hold(WANTED) == PENDING
    assert (await smith.balances(), await smith.locks.held()) == ((11, 9, 0), 9)
    assert await smith.locks.use(smith.lock())
    assert (await smith.balances(), await smith.locks.held()) == ((11, 0, 9), 0)
    assert await smith.locks.to_put_back() == [smith.lock()]


async def test_a_lock_that_is_not_set_costs_nothing(smith):
    await smith.locks.hold(WANTED)
    assert await smith.locks.void(WANTED.id)
    assert await smith.balances() == (20, 0, 0)
    assert await smith.locks.hold(WANTED) == Booked(state=LockState.VOID, until=0.0), "it is not paid for again"


async def test_of_a_lock_that_was_settled_as_not_set_the_owner_is_told(smith):
    await smith.locks.hold(WANTED)
    assert [await smith.locks.void(WANTED.id, untold=True) for _ in range(2)] == [True, False]
    assert (await smith.balances(), await smith.owed()) == ((20, 0, 0), [("lock-voided", {"credits": 9, "minutes": 10})])


async def test_what_comes_again_changes_nothing(smith):
    lock = await smith.locked()
    assert await smith.locks.hold(WANTED) == Booked(state=LockState.ACTIVE, until=lock.until)
    assert (await smith.locks.use(lock), await smith.locks.void(WANTED.id)) == (False, False)
    assert await smith.locks.broken(broken(lock)) == Returned(minutes=8, credits=7)
    assert await smith.locks.broken(broken(lock)) is None
    assert await smith.locks.hold(WANTED) == Booked(state=LockState.OVER, until=lock.until)
    assert await smith.balances() == (18, 0, 2 + 0)
    assert await smith.owed() == [("lock-back", {"credits": 7, "minutes": 8})]


async def test_with_too_few_credits_nothing_is_booked(smith):
    assert await smith.locks.hold(replace(WANTED, price=21)) == TooFew(balance=20)
    assert await smith.locks.hold(replace(WANTED, owner=Address(BOT, BORIS))) == TooFew(balance=0)
    assert (await smith.balances(), await smith.locks.held()) == ((20, 0, 0), 0)
    assert await smith.locks.hold(replace(WANTED, price=20)) == PENDING, "the same lock can be bought afterwards"


async def test_of_two_at_once_with_credits_for_one_one_is_refused(smith):
    wanted = [replace(WANTED, id=LockId(f"l{each}"), price=20) for each in range(2)]
    outcomes = await asyncio.gather(*map(smith.locks.hold, wanted))
    assert sorted(map(str, outcomes)) == sorted(map(str, (PENDING, TooFew(balance=0))))
    assert await smith.balances() == (0, 20, 0)


async def test_the_same_lock_many_times_at_once_is_paid_once(smith):
    assert await asyncio.gather(*(smith.locks.hold(WANTED) for _ in range(5))) == [PENDING] * 5
    assert sum(await asyncio.gather(*(smith.locks.use(smith.lock()) for _ in range(5)))) == 1
    assert await smith.balances() == (11, 0, 9)


async def test_a_use_and_a_void_at_once_are_one_of_them(smith):
    await smith.locks.hold(WANTED)
    assert sum(await asyncio.gather(smith.locks.use(smith.lock()), smith.locks.void(WANTED.id))) == 1
    assert await smith.balances() in {(11, 0, 9), (20, 0, 0)}


@pytest.mark.parametrize(("why", "by"), [(ChatEnd.STOPPED, ANNA), (ChatEnd.BANNED, ANNA), (ChatEnd.IDLE, None)])
async def test_where_the_end_is_the_owner_s_doing_nothing_comes_back(smith, why, by):
    lock = await smith.locked()
    assert await smith.locks.broken(broken(lock, why=why, by=by)) is None
    assert (await smith.balances(), await smith.state(), await smith.owed()) == ((11, 0, 9), "over", [])


async def test_a_lock_that_breaks_before_its_use_was_booked_is_used_and_given_back(smith):
    await smith.locks.hold(WANTED)
    assert await smith.locks.broken(broken(smith.lock(), after=0.0)) == Returned(minutes=10, credits=9)
    assert await smith.balances() == (20, 0, 0)


async def test_each_part_of_an_extended_lock_gives_back_its_own_minutes(smith):
    first = await smith.locked()
    second = await smith.locked(replace(WANTED, id=LockId("l2"), minutes=5, price=5), since=first.until)
    ended = first.since + 120.0
    back = [await smith.locks.broken(replace(broken(each), ended=ended)) for each in (first, second)]
    assert back == [Returned(minutes=8, credits=7), Returned(minutes=5, credits=5)]


class Buyer:
    """Anna, who buys packs and has them refunded."""

    def __init__(self, smith: Locksmith) -> None:
        self.smith = smith
        self.ledger = SqlLedger(smith.database, clock=smith.clock)

    def paid(self, number: int) -> Charge:
        return charge(pack(id=f"{number:016}"), f"stx{number}")

    async def buys(self, number: int) -> None:
        """A pack of 10 credits."""
        paid = self.paid(number)
        await self.ledger.book_charge(paid, read_payload(paid.payload, SECRET), gift_code="")

    async def is_refunded(self, number: int) -> None:
        self.smith.clock.now += 1
        paid = self.paid(number)
        await self.ledger.book_refund(refund(paid), read_payload(paid.payload, SECRET))
        self.smith.clock.now += 1


@pytest.fixture
def buyer(smith) -> Buyer:
    return Buyer(smith)


async def test_what_a_lock_gives_back_pays_first_what_a_refund_could_not_take_while_it_was_held(smith, buyer):
    await buyer.buys(1)
    lock = await smith.locked(replace(WANTED, price=25))  # of 20 given and 10 bought
    pending = replace(WANTED, id=LockId("l2"), price=2)
    await smith.locks.hold(pending)
    await buyer.is_refunded(1)
    assert (await smith.balances(), await smith.account(LOST)) == ((0, 2, 25), -7)
    assert await smith.locks.void(pending.id)
    assert (await smith.balances(), await smith.account(LOST)) == ((0, 0, 25), -5)
    assert await smith.locks.broken(broken(lock)) == Returned(minutes=8, credits=15)  # 20, of which 5 were owed
    assert (await smith.balances(), await smith.account(LOST)) == ((15, 0, 5), 0)
    assert ("lock-back", {"credits": 15, "minutes": 8}) in await smith.owed()


async def test_what_was_owed_once_is_paid_once_and_locks_bought_after_the_refund_owe_nothing(smith, buyer):
    await buyer.buys(1)
    first = await smith.locked(replace(WANTED, price=25))
    second = await smith.locked(replace(WANTED, id=LockId("l2"), price=5), since=first.until)
    await buyer.is_refunded(1)
    await buyer.buys(2)
    third = await smith.locked(replace(WANTED, id=LockId("l3"), price=10), since=second.until)
    ended = first.since + 120.0
    back = [await smith.locks.broken(replace(broken(each), ended=ended)) for each in (third, second, first)]
    assert back == [Returned(minutes=10, credits=10), None, Returned(minutes=8, credits=15)]
    assert await smith.account(LOST) == 0


async def test_what_was_spent_before_the_refund_is_not_owed_later(smith, buyer):
    await buyer.buys(1)
    lock = await smith.locked(replace(WANTED, price=30))
    assert await smith.locks.broken(broken(lock, why=ChatEnd.STOPPED, by=ANNA)) is None
    await buyer.is_refunded(1)
    await buyer.buys(2)
    later = await smith.locked(replace(WANTED, id=LockId("l2"), price=10))
    assert await smith.locks.broken(broken(later, after=0.0)) == Returned(minutes=10, credits=10)
    assert await smith.account(LOST) == -10


async def test_locks_run_out_with_their_time(smith):
    lock = await smith.locked()
    smith.clock.now = lock.until + RUN_OUT_SECONDS - 1
    assert (await smith.locks.run_out(), await smith.locks.to_put_back()) == (0, [lock])
    smith.clock.now = lock.until + RUN_OUT_SECONDS
    assert (await smith.locks.run_out(), await smith.state(), await smith.locks.to_put_back()) == (1, "over", [])


async def test_a_lock_that_has_run_out_by_the_clock_still_gives_back_where_its_chat_ended_early(smith):
    lock = await smith.locked()
    smith.clock.now = lock.until + RUN_OUT_SECONDS
    await smith.locks.run_out()
    assert await smith.locks.broken(broken(lock)) == Returned(minutes=8, credits=7)


async def test_pending_locks_are_found_once_they_are_old(smith):
    await smith.locks.hold(WANTED)
    assert await smith.locks.pending(10.0) == []
    smith.clock.now += 10.1
    assert await smith.locks.pending(10.0) == [WANTED.id]


async def test_a_broken_lock_that_nobody_told_of_is_found_by_the_end_of_its_chat(smith):
    lock = await smith.locked()
    smith.clock.now = ended = lock.since + 120.0
    await smith.chats.ended(CHAT.id, ChatEnd.LOST)
    smith.clock.now = ended + FORGOTTEN_SECONDS
    assert await smith.locks.forgotten() == []
    smith.clock.now += 1
    assert await smith.locks.run_out() == 0, "it waits to be given back"
    [found] = await smith.locks.forgotten()
    assert found == LockBroken(user=ANNA, lock=lock, ended=ended, why=ChatEnd.LOST, by=None)
    assert await smith.locks.broken(found) == Returned(minutes=8, credits=7)
    assert await smith.locks.forgotten() == []


async def test_of_somebody_who_had_their_data_deleted_nothing_comes_back_to_anybody(smith):
    lock = await smith.locked()
    await smith.locks.hold(replace(WANTED, id=LockId("l2")))
    await smith.erased()
    assert await smith.locks.broken(broken(lock)) is None
    assert await smith.locks.void(LockId("l2"))
    assert (await smith.account(HELD), await smith.account(USED), await smith.account(LOST)) == (0, 9, 9)
    assert (await smith.locks.to_put_back(), await smith.owed()) == ([], [])


async def test_a_lock_of_a_deleted_owner_runs_out_also_where_its_chat_ended_early_and_nobody_told(smith):
    lock = await smith.locked()
    smith.clock.now = lock.since + 120.0
    await smith.chats.ended(CHAT.id, ChatEnd.LOST)
    await smith.erased()
    smith.clock.now = lock.until + RUN_OUT_SECONDS
    assert (await smith.locks.run_out(), await smith.state(), await smith.locks.run_out()) == (1, "over", 0)
    assert (await smith.account(USED), await smith.locks.forgotten()) == (9, [])


async def test_old_locks_are_deleted_and_not_paid_for_again(smith):
    lock = await smith.locked()
    await smith.locks.broken(broken(lock))
    assert await smith.locks.purge_before(lock.since + 120.0) == 0
    assert await smith.locks.purge_before(lock.since + 121.0) == 1
    assert await smith.locks.hold(WANTED) == Booked(state=LockState.OVER, until=0.0)
    assert (await smith.credits.balance(ANNA), await smith.locks.held()) == (18, 0)
