"""What is told of subscriptions, in any order and more than once. Nobody loses paid days, and nobody gets more."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec import structs

from actors.payments import cancellations, notices
from actors.payments.chores import PERIODS
from domain.errors import Unavailable
from domain.model.outgoing import NotSent, Why
from domain.model.profile import DAY
from domain.payments import precheckout
from domain.payments.calls import CancelSubscription, ReadTransactions
from domain.payments.orders import MONTH
from domain.payments.payload import write_payload
from domain.payments.sales import RENEWED_AFTER_CANCEL, SECOND_CHARGE
from domain.payments.transactions import Page, Peer, Transaction
from domain.payments.updates import NANO, SubscriptionChange, SubscriptionChanged
from storage.sql.bans import SqlBans
from tests.actors.payments.desk import ANNA, BORIS, BOT, SECRET, a_desk, charged

PLAN = {"plan": "monthly", "quantity": 30, "stars": 250, "period": MONTH}


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def monthly(desk):
    return await desk.ordered(**PLAN)


async def pays(desk, order, number: int, *, at: float | None = None, months: int | None = None, recurring: bool | None = None):
    """The charge of that number, from 1. Each is a month after the one before."""
    when = time.time() + (number - 1) * MONTH if at is None else at
    until = when + MONTH if months is None else time.time() + months * MONTH
    recurring = number > 1 if recurring is None else recurring
    await desk.hears(charged(order, f"stx{number}", pts=number, at=when, recurring=recurring, subscribed_until=until))
    await booked(desk, f"stx{number}")


async def booked(desk, charge: str):
    while True:
        if paid := await desk.records.ledger.payment(charge):
            return paid
        await asyncio.sleep(0.01)


async def days_left(desk, user=ANNA) -> float:
    return round((await desk.vip.vip_until(user) - time.time()) / DAY, 2)


def change_of(order, change: SubscriptionChange, qts: int) -> SubscriptionChanged:
    return SubscriptionChanged(user=order.user, qts=qts, payload=write_payload(order, SECRET), change=change)


def row_of(order, number: int, at: float) -> Transaction:
    return Transaction(
        id=f"stx{number}",
        amount=order.stars * NANO,
        date=at,
        peer=Peer.USER,
        user=order.user,
        payload=write_payload(order, SECRET),
        subscription_period=MONTH,
    )


@pytest.mark.parametrize("ahead", [0, 3, 30 * DAY], ids=["the same", "a little", "a month"])
async def test_vip_begins_now_also_where_the_clock_of_telegram_is_ahead(desk, monthly, ahead):
    await pays(desk, monthly, 1, at=time.time() + ahead)
    assert await days_left(desk) == 30


async def test_what_is_booked_late_is_had_whole_and_what_was_had_long_ago_is_not_had_again(desk, monthly):
    await pays(desk, monthly, 1, at=time.time() - 2 * DAY)
    assert await days_left(desk) == 30
    other = await desk.ordered(id="b" * 16, user=BORIS, **PLAN)
    await desk.hears(charged(other, "long ago", at=time.time() - 40 * DAY, subscribed_until=time.time() - 10 * DAY))
    await booked(desk, "long ago")
    assert await days_left(desk, BORIS) == -10


@pytest.mark.parametrize("order", [(1, 2, 3), (2, 1, 3), (3, 2, 1)])
async def test_charges_booked_in_any_order_give_as_many_days_and_the_same_subscription(desk, monthly, order):
    for number in order:
        await pays(desk, monthly, number)
    assert await days_left(desk) == 90
    (known,) = await desk.records.subscriptions.of_user(ANNA)
    assert (known.state, known.charges) == ("alive", ("stx3", "stx1"))
    assert {(await booked(desk, f"stx{number}")).flag for number in order} == {""}


@pytest.mark.parametrize("first", ["message", "list"])
async def test_a_renewal_in_message_and_list_is_granted_once_and_told_once(desk, monthly, first):
    await pays(desk, monthly, 1)
    await desk.shows(ANNA, "vip-active")
    at = time.time() + MONTH
    if first == "message":
        await pays(desk, monthly, 2, at=at)
    await lists(desk, monthly, row_of(monthly, 1, at - MONTH), row_of(monthly, 2, at))
    await booked(desk, "stx2")
    await pays(desk, monthly, 2, at=at)
    await desk.shows(ANNA, "vip-renewed")
    assert (await days_left(desk), desk.shown(ANNA)) == (60, ["vip-active", "vip-renewed"])
    assert await desk.records.ledger.balance(BOT) == 2 * monthly.stars * NANO


async def lists(desk, order, *rows: Transaction) -> None:
    """Telegram's list has these rows, and the comparison comes to them."""
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=rows, balance=len(rows) * order.stars * NANO, end=len(rows))
    await desk.compares()


async def test_grace_is_given_once_a_subscription_also_where_its_order_is_lost(desk, monthly):
    vip = structs.replace(desk.live.current.vip, grace_hours=24)
    desk.live.swap(structs.replace(desk.live.current, vip=vip), {})
    async with desk.database.connection() as connection:
        await connection.execute("DELETE FROM orders")
    for number in (1, 2, 3):
        await pays(desk, monthly, number)
    assert await days_left(desk) == 91


async def test_a_change_told_before_its_charge_is_booked_is_kept_and_told_once(desk, monthly):
    cancelled = change_of(monthly, SubscriptionChange.CANCELLED, 5)
    await desk.hears(cancelled)
    await desk.hears(cancelled)
    await desk.telegram.until(lambda: desk.telegram.confirmed_qts == [5, 5])
    await pays(desk, monthly, 1)
    await desk.shows(ANNA, "vip-active")
    (known,) = await desk.records.subscriptions.of_user(ANNA)
    assert (known.state, known.charges) == ("cancelled", ("stx1",))
    assert desk.shown(ANNA).count("subscription-cancelled") == 1


async def test_changes_are_booked_in_the_order_in_which_they_came_though_the_first_has_to_wait(desk, monthly, monkeypatch):
    await pays(desk, monthly, 1)
    change, failures = desk.records.subscriptions.change, iter([Unavailable("away")])

    async def flaky(*arguments):
        for failure in failures:
            raise failure
        return await change(*arguments)

    monkeypatch.setattr("actors.payments.booking.FIRST_PAUSE", 0.05)
    monkeypatch.setattr(desk.records.subscriptions, "change", flaky)
    await desk.hears(change_of(monthly, SubscriptionChange.CANCELLED, 1))
    assert desk.telegram.confirmed_qts == []
    await desk.hears(change_of(monthly, SubscriptionChange.RESTORED, 2))
    await desk.telegram.until(lambda: len(desk.telegram.confirmed_qts) == 2)
    (known,) = await desk.records.subscriptions.of_user(ANNA)
    assert (known.state, desk.telegram.confirmed_qts) == ("alive", [1, 2])


async def test_the_link_of_a_subscription_is_paid_once_more_only_when_its_renewal_is_due(desk, monthly):
    assert await desk.asks(monthly) == ""
    await pays(desk, monthly, 1)
    assert await desk.asks(monthly) == precheckout.TWICE
    assert await desk.asks(monthly, at=time.time() + 60) == precheckout.SUBSCRIBED
    assert await desk.asks(monthly, at=time.time() + MONTH / 2) == precheckout.SUBSCRIBED
    assert await desk.asks(monthly, at=time.time() + MONTH) == ""


async def test_after_a_failed_renewal_it_may_be_paid(desk, monthly):
    await pays(desk, monthly, 1)
    await desk.hears(change_of(monthly, SubscriptionChange.FAILED, 1))
    await desk.shows(ANNA, "subscription-failed")
    assert await desk.asks(monthly) == ""
    await pays(desk, monthly, 2)
    assert (await desk.records.subscriptions.of_user(ANNA))[0].state == "alive"


async def test_two_devices_that_subscribe_at_once_have_both_and_the_operator_sees_it(desk, monthly):
    now = time.time()
    await pays(desk, monthly, 1, at=now)
    await pays(desk, monthly, 2, at=now, recurring=False)
    assert (await booked(desk, "stx2")).flag == SECOND_CHARGE
    assert await days_left(desk) == 60


async def test_the_link_of_an_old_price_cannot_be_paid_and_those_who_pay_it_are_renewed(desk, monthly):
    dearer = tuple(structs.replace(plan, stars=plan.stars + 1) for plan in desk.live.current.vip.plans)
    vip = structs.replace(desk.live.current.vip, plans=dearer)
    desk.live.swap(structs.replace(desk.live.current, vip=vip), {})
    assert await desk.asks(monthly) == precheckout.PRICE
    await pays(desk, monthly, 1)
    assert await desk.asks(monthly, at=time.time() + MONTH) == ""


async def test_whoever_is_banned_is_cancelled_at_telegram_and_a_renewal_that_slips_through_is_flagged_and_cancelled_again(
    desk, monthly, monkeypatch
):
    monkeypatch.setitem(PERIODS, cancellations.carry_out, 0.01)
    desk.telegram.stars_answers[CancelSubscription] = True
    await pays(desk, monthly, 1)
    await SqlBans(desk.database).ban(ANNA, time.time() + MONTH, "ads", "admin")
    await desk.telegram.until(lambda: CancelSubscription(user=ANNA, charge="stx1") in desk.telegram.asked_stars)
    await desk.shows(ANNA, "subscription-cancelled")
    assert await desk.asks(monthly, at=time.time() + MONTH) == precheckout.EXPIRED
    await pays(desk, monthly, 2)
    assert ((await booked(desk, "stx2")).flag, await days_left(desk)) == (RENEWED_AFTER_CANCEL, 60)
    await desk.telegram.until(lambda: CancelSubscription(user=ANNA, charge="stx2") in desk.telegram.asked_stars)


async def test_the_first_charge_is_tried_where_telegram_does_not_know_the_newest(desk, monthly):
    desk.telegram.stars_answers[CancelSubscription] = False
    await pays(desk, monthly, 1)
    await pays(desk, monthly, 2)
    await SqlBans(desk.database).ban(ANNA, time.time() + MONTH, "ads", "admin")
    first, newest = (CancelSubscription(user=ANNA, charge=charge) for charge in ("stx1", "stx2"))
    await desk.telegram.until(lambda: [c for c in desk.telegram.asked_stars if c in {first, newest}] == [newest, first])
    await desk.hears(charged(monthly, "later", pts=90, recurring=True, subscribed_until=time.time() + 2 * MONTH))
    await desk.telegram.until(lambda: 90 in desk.telegram.confirmed)
    assert [each.user for each in await desk.records.subscriptions.to_cancel(BOT)] == [ANNA], "it is tried again"


async def ends_in(desk, seconds: float, user=ANNA) -> None:
    await desk.records.grants.grant(user, BOT, f"a test: {user} {seconds}", seconds)


async def test_the_day_before_and_the_end_are_told_once_and_not_to_whoever_goes_on(desk, monthly):
    await ends_in(desk, DAY / 2)
    await ends_in(desk, -60, BORIS)
    for _ in range(2):
        await desk.reminds()
    assert (desk.shown(ANNA), desk.shown(BORIS)) == (["vip-ends-soon"], ["vip-ended"])


async def test_whoever_extends_vip_before_a_reminder_is_sent_does_not_get_it(desk):
    await ends_in(desk, DAY / 2)
    await notices.remind(desk.world, BOT)
    await ends_in(desk, 7 * DAY)
    await notices.send_due(desk.world, BOT)
    await desk.reminds()
    assert desk.shown(ANNA) == []


async def test_a_subscriber_is_not_reminded_of_an_end_that_will_not_come(desk, monthly):
    await pays(desk, monthly, 1)
    vip = structs.replace(desk.live.current.vip, reminder_hours=24 * 31)
    desk.live.swap(structs.replace(desk.live.current, vip=vip), {})
    await desk.reminds()
    assert "vip-ends-soon" not in desk.shown(ANNA)
    await desk.hears(change_of(monthly, SubscriptionChange.CANCELLED, 1))
    await desk.shows(ANNA, "subscription-cancelled")
    await desk.reminds()
    assert "vip-ends-soon" in desk.shown(ANNA)


async def test_whoever_has_blocked_the_bot_is_told_nothing_for_ever_and_holds_up_nobody(desk):
    desk.telegram.outcomes[ANNA] = NotSent(why=Why.GONE)
    await ends_in(desk, DAY / 2)
    await ends_in(desk, DAY / 2, BORIS)
    await desk.reminds()
    assert desk.shown(BORIS) == ["vip-ends-soon"]
    assert await desk.records.outbox.due(BOT, time.time()) == []


async def test_one_whom_nothing_reaches_now_holds_up_nobody_and_is_told_later(desk):
    desk.telegram.outcomes[ANNA] = NotSent(why=Why.UNREACHABLE)
    await ends_in(desk, DAY / 2)
    await ends_in(desk, DAY / 2, BORIS)
    with pytest.raises(Unavailable):
        await desk.reminds()
    assert desk.shown(BORIS) == ["vip-ends-soon"]
    del desk.telegram.outcomes[ANNA]
    await desk.reminds()
    assert desk.shown(ANNA) == ["vip-ends-soon"]


async def test_a_bug_in_one_payment_of_somebody_does_not_hold_up_their_others(desk, monthly, monkeypatch):
    book = desk.records.ledger.book_charge

    async def buggy(charge, *arguments, **more):
        if charge.id == "stx1":
            raise RuntimeError("a bug")
        return await book(charge, *arguments, **more)

    monkeypatch.setattr(desk.records.ledger, "book_charge", buggy)
    await desk.hears(charged(monthly, "stx1", subscribed_until=time.time() + MONTH))
    await pays(desk, monthly, 2)
    await desk.shows(ANNA, "vip-renewed")
