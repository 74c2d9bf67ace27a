"""Credits: each event is booked once, nobody's balance falls below zero, and what is stored is what the transfers say."""

from __future__ import annotations

import asyncio
from threading import Barrier

import psycopg
import pytest

from bench.payments.credits import faults_of
from domain.model.ids import Address, UserId
from domain.model.profile import DAY
from domain.payments.credits import (
    NotEnoughCredits,
    commission,
    commission_key,
    commission_reversed,
    lock_back,
    lock_held,
    lock_used,
    lock_voided,
    referral_reward,
)
from domain.payments.ledger import Unit
from domain.payments.orders import Kind
from domain.payments.sales import SECOND_CHARGE, Owed
from domain.ports.review import Act, Operator
from storage.sql.database import open_database
from storage.sql.migrate import migrate
from storage.sql.payments.credits import SqlCredits
from storage.sql.payments.posting import Posting
from storage.sql.review.audit import SqlAudit
from tests.storage.sql.test_payments import BOT, NOW, Shop, charge, order, refund

ANNA, BORIS = UserId(7_000_000_001), UserId(7_000_000_002)


class Bank(Shop):
    def __init__(self, database) -> None:
        super().__init__(database)
        self.credits = SqlCredits(database, clock=lambda: NOW)

    async def post(self, user: UserId, make) -> bool:
        async with self.database.transaction() as connection:
            posting = Posting(self.database.queries, connection, NOW)
            return await posting.post(make(await posting.credits_account(user)))

    async def give(self, user: UserId, amount: int, source: str = "one") -> int | None:
        return await self.credits.give(user, BOT, source, amount)

    async def rows(self, query: str) -> list:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await (await connection.execute(query)).fetchall()]

    async def account(self, name: str) -> int:
        async with self.database.connection() as connection:
            return int(await self.database.queries.account_balance(connection, id=name))


@pytest.fixture
async def bank(database):
    bank = Bank(database)
    yield bank
    assert await faults_of(database) == []


def pack(**changes):
    return order(**{"kind": Kind.CREDITS, "plan": "small", "quantity": 10, "stars": 50, **changes})


async def test_somebody_without_credits_has_none(bank):
    assert (await bank.credits.balance(ANNA), await bank.credits.history(ANNA)) == (0, [])


async def test_a_pack_is_booked_once_with_its_stars_in_one_event(bank):
    paid = charge(pack())
    booked = await bank.book(paid)
    assert (booked.changed, booked.flag) == ((), "")
    assert await bank.book(paid) is None
    assert await bank.credits.balance(ANNA) == 10
    assert (await bank.account("sold"), await bank.account("revenue:credits")) == (-10, -paid.amount)
    assert await bank.rows("SELECT COUNT(*) FROM ledger_events") == [(1,)]
    assert await bank.texts() == ["credits-bought"]


async def test_a_pack_whose_order_was_lost_is_booked_from_its_payload(bank):
    await bank.book(charge(pack(quantity=25)))
    assert await bank.credits.balance(ANNA) == 25
    assert (await bank.orders.find(pack().id)).kind is Kind.CREDITS


async def test_a_second_charge_of_a_pack_gives_credits_again_and_is_flagged(bank):
    await bank.orders.open(pack())
    first, second = await bank.book(charge(pack(), "first")), await bank.book(charge(pack(), "second"))
    assert (first.flag, second.flag) == ("", SECOND_CHARGE)
    assert await bank.credits.balance(ANNA) == 20
    await bank.back(refund(charge(pack(), "second")))
    assert await bank.credits.balance(ANNA) == 10


async def test_a_refund_takes_back_what_is_left_and_the_rest_is_lost(bank):
    paid = charge(pack())
    await bank.book(paid)
    await bank.post(ANNA, lambda account: lock_held("l", account, 7, NOW))
    await bank.back(refund(paid))
    assert await bank.credits.balance(ANNA) == 0
    assert (await bank.account("sold"), await bank.account("lost")) == (0, -7)
    assert await bank.back(refund(paid)) is None
    assert sorted(entry.amount for entry in await bank.credits.history(ANNA)) == [-7, -3, 10]


async def test_a_refund_that_comes_before_its_charge_gives_nothing(bank):
    paid = charge(pack())
    await bank.back(refund(paid))
    assert await bank.book(paid) is None
    assert await bank.credits.balance(ANNA) == 0


async def test_an_operator_gives_once_and_it_is_audited(bank):
    act = Act(operator=Operator(name="op", source="cli"), name="credits", target=f"user:{ANNA}")
    owed = Owed(key="credits:1", to=Address(BOT, ANNA), text="credits-given", arguments={"credits": 5})
    for _ in range(2):
        await bank.credits.give(ANNA, BOT, "1", 5, (owed,), note="sorry", act=act)
    assert await bank.credits.balance(ANNA) == 5
    assert await bank.texts() == ["credits-given"]
    (written,) = await SqlAudit(bank.database).newest(10)
    assert (written.before, written.after) == ({"credits": 0}, {"credits": 5, "source": "1", "note": "sorry"})
    (entry,) = await bank.credits.history(ANNA)
    assert (entry.amount, entry.kind, entry.note, entry.at) == (5, "given", "sorry", NOW)


@pytest.mark.parametrize("amount", [0, -5])
async def test_no_operator_takes_credits_by_giving(bank, amount):
    await bank.give(ANNA, 5, "first")
    with pytest.raises(ValueError, match="positive"):
        await bank.give(ANNA, amount, "second")
    assert await bank.credits.balance(ANNA) == 5


async def test_more_than_there_is_cannot_be_taken(bank):
    await bank.give(ANNA, 5)
    with pytest.raises(NotEnoughCredits):
        await bank.post(ANNA, lambda account: lock_held("l", account, 6, NOW))
    assert await bank.credits.balance(ANNA) == 5
    assert await bank.rows("SELECT id FROM ledger_events WHERE kind = 'lock-held'") == []


@pytest.mark.parametrize("events", [2, 20])
async def test_at_once_exactly_enough_is_spent_once(bank, events):
    """Two workers, or many, at the same moment."""
    await bank.give(ANNA, 5)

    async def lock(number: int) -> bool:
        try:
            return await bank.post(ANNA, lambda account: lock_held(str(number), account, 5, NOW))
        except NotEnoughCredits:
            return False

    assert sum(await asyncio.gather(*map(lock, range(events)))) == 1
    assert (await bank.credits.balance(ANNA), await bank.account("held")) == (0, 5)


async def test_at_once_one_lock_is_held_once(bank):
    await bank.give(ANNA, 10)
    done = await asyncio.gather(*(bank.post(ANNA, lambda account: lock_held("l", account, 5, NOW)) for _ in range(8)))
    assert (sum(done), await bank.credits.balance(ANNA)) == (1, 5)


async def test_at_once_everybody_gets_one_account(bank):
    await asyncio.gather(*(bank.give(user, 1, f"{user}:{n}") for user in (ANNA, BORIS) for n in range(8)))
    assert [await bank.credits.balance(user) for user in (ANNA, BORIS)] == [8, 8]
    assert await bank.rows("SELECT COUNT(*) FROM credit_accounts") == [(2,)]


async def test_at_once_an_account_is_opened_once(postgres_uri):
    """At a new installation: of many that open one in the same moment, none fails."""
    database = await open_database(postgres_uri, pool_size=1)
    await migrate(database)
    opens, together, failed = database.queries.add_account.sql, Barrier(4), list[psycopg.Error]()

    def client() -> None:
        with psycopg.connect(postgres_uri, autocommit=True) as connection:
            for turn in range(800):
                together.wait()
                try:
                    connection.execute(opens, {"id": f"account {turn}", "unit": Unit.CREDITS, "guarded": False})
                except psycopg.Error as error:
                    failed.append(error)

    try:
        await asyncio.gather(*(asyncio.to_thread(client) for _ in range(together.parties)))
        assert failed == []
    finally:
        await database.close()


async def test_a_lock_holds_then_uses_and_gives_back_unused_minutes(bank):
    await bank.give(ANNA, 9)
    await bank.post(ANNA, lambda account: lock_held("l", account, 9, NOW))
    await bank.post(ANNA, lambda _: lock_used("l", 9, NOW))
    await bank.post(ANNA, lambda account: lock_back("l", account, 4, NOW))
    assert [await bank.account(name) for name in ("held", "used")] == [0, 5]
    assert await bank.credits.balance(ANNA) == 4


async def test_a_lock_that_is_voided_gives_all_back_once(bank):
    await bank.give(ANNA, 9)
    await bank.post(ANNA, lambda account: lock_held("l", account, 9, NOW))
    done = [await bank.post(ANNA, lambda account: lock_voided("l", account, 9, NOW)) for _ in range(2)]
    assert (done, await bank.credits.balance(ANNA)) == ([True, False], 9)


async def test_a_reward_and_a_commission_are_credits_and_a_refund_takes_the_commission_back(bank):
    paid = charge(pack())
    await bank.post(BORIS, lambda account: referral_reward(ANNA, account, 3, NOW))
    await bank.post(BORIS, lambda account: commission(paid, account, 2))
    assert await bank.credits.balance(BORIS) == 5
    await bank.post(BORIS, lambda account: lock_held("l", account, 4, NOW))
    await bank.post(BORIS, lambda account: commission_reversed(commission_key(BOT, paid.id), account, 2, 1, NOW))
    assert await bank.credits.balance(BORIS) == 0
    assert [await bank.account(name) for name in ("earned:referral", "earned:commission", "lost")] == [-3, 0, -1]


async def test_the_history_is_the_newest_first_and_limited(bank):
    for number in range(1, 5):
        later = SqlCredits(bank.database, clock=lambda number=number: NOW + number * DAY)
        await later.give(ANNA, BOT, str(number), number)
    assert [entry.amount for entry in await bank.credits.history(ANNA, limit=3)] == [4, 3, 2]


async def test_the_account_does_not_say_whose_it_is(bank):
    await bank.give(ANNA, 5)
    ((account,),) = await bank.rows("SELECT target FROM ledger_transfers")
    assert account.startswith("user:")
    assert str(ANNA) not in account
    assert await bank.rows("SELECT user_id FROM ledger_events") == [(None,)]


async def test_the_audit_sees_a_balance_that_the_transfers_do_not_say(database):
    bank = Bank(database)
    await bank.give(ANNA, 5)
    async with database.connection() as connection:
        await connection.execute("UPDATE ledger_accounts SET balance = balance + 1 WHERE guarded")
    assert len(await faults_of(database)) == 1


async def test_the_audit_sees_credits_that_were_made(database):
    bank = Bank(database)
    await bank.give(ANNA, 5)
    await bank.post(ANNA, lambda account: lock_back("never set", account, 5, NOW))
    assert await faults_of(database) != []
