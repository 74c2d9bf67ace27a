"""What Telegram tells of payments is booked, confirmed after that, and told to people once."""

from __future__ import annotations

import asyncio
import time
from math import inf

import pytest
from msgspec import structs

from actors.messages import Discard
from actors.payments.chores import Chores
from actors.payments.messages import OpenOrder, ReadVip
from actors.payments.notices import shown
from domain.errors import Unavailable
from domain.model.ids import Address, ChatId, MessageId, Pts
from domain.model.outgoing import Delete, Send
from domain.model.profile import DAY
from domain.payments.calls import (
    CancelSubscription,
    ExportInvoice,
    FindTransaction,
    ReadTransactions,
    RefundCharge,
    RefundOutcome,
)
from domain.payments.orders import MONTH, Kind
from domain.payments.payload import write_payload
from domain.payments.sales import Owed
from domain.payments.transactions import Page, Peer, Transaction
from domain.payments.updates import NANO, Refund, RefundReceived, SubscriptionChange, SubscriptionChanged
from domain.ports.payments import RefundRequest
from storage.sql.bans import SqlBans
from tests.actors.payments.desk import ANNA, BORIS, BOT, SECRET, a_desk, charged


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk


async def test_a_charge_is_confirmed_after_it_is_booked_and_told_once(desk):
    order = await desk.ordered()
    update = charged(order)
    await desk.hears(update)
    await desk.hears(update)
    await desk.telegram.until(lambda: desk.telegram.confirmed == [Pts(7), Pts(7)])
    await desk.shows(ANNA, "vip-active")
    assert desk.shown(ANNA) == ["vip-active"]
    assert ANNA in desk.changed
    assert await desk.vip.vip_until(ANNA) > time.time() + 6 * DAY


async def test_while_the_database_is_away_a_charge_waits_unconfirmed(desk, monkeypatch):
    order, book = await desk.ordered(), desk.records.ledger.book_charge
    failures = iter([Unavailable("away"), Unavailable("away")])

    async def flaky(*arguments, **more):
        for failure in failures:
            raise failure
        return await book(*arguments, **more)

    monkeypatch.setattr("actors.payments.booking.FIRST_PAUSE", 0.01)
    monkeypatch.setattr(desk.records.ledger, "book_charge", flaky)
    await desk.hears(charged(order))
    await desk.telegram.until(lambda: desk.telegram.confirmed == [Pts(7)])
    await desk.shows(ANNA, "vip-active")


async def test_neither_ban_nor_flags_stop_what_was_charged(desk):
    order = await desk.ordered()
    await SqlBans(desk.database).ban(ANNA, inf, "ads", "admin")
    features = structs.replace(desk.live.current.features, vip=False, stars_payments=False)
    desk.live.swap(structs.replace(desk.live.current, features=features), {})
    await desk.hears(charged(order))
    await desk.shows(ANNA, "vip-active")


async def test_a_gift_is_told_to_both(desk):
    gift = await desk.ordered(kind=Kind.GIFT, recipient=Address(BOT, BORIS))
    await desk.hears(charged(gift))
    await desk.shows(ANNA, "gift-given")
    await desk.shows(BORIS, "gift-received")
    assert await desk.vip.vip_until(ANNA) == 0


async def test_a_refund_from_outside_is_booked_and_told(desk):
    order = await desk.ordered()
    update = charged(order)
    await desk.hears(update)
    await desk.shows(ANNA, "vip-active")
    refund = Refund(bot=BOT, charge="stx1", user=ANNA, amount=100 * NANO, at=time.time())
    await desk.hears(RefundReceived(user=ANNA, pts=Pts(8), refund=refund))
    await desk.shows(ANNA, "payment-refunded")
    assert await desk.vip.vip_until(ANNA) < time.time() + DAY
    assert await desk.records.ledger.balance(BOT) == 0


async def test_a_cancelled_subscription_is_told_and_its_update_confirmed(desk):
    monthly = await desk.ordered(plan="monthly", quantity=30, period=MONTH)
    await desk.hears(charged(monthly, subscribed_until=time.time() + MONTH))
    await desk.shows(ANNA, "vip-active")
    payload = write_payload(monthly, SECRET)
    for change in (SubscriptionChange.CANCELLED, SubscriptionChange.RESTORED, SubscriptionChange.FAILED):
        await desk.hears(SubscriptionChanged(user=ANNA, qts=len(desk.shown(ANNA)), payload=payload, change=change))
        await desk.shows(ANNA, f"subscription-{change}")
    await desk.telegram.until(lambda: desk.telegram.confirmed_qts == [1, 2, 3])


async def test_what_the_list_has_and_nobody_told_is_granted(desk):
    order = await desk.ordered()
    row = Transaction(
        id="stx9", amount=100 * NANO, date=time.time(), peer=Peer.USER, user=ANNA, payload=write_payload(order, SECRET)
    )
    withdrawal = Transaction(id="w", amount=-30 * NANO, date=time.time(), peer=Peer.FRAGMENT)
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=(row, withdrawal), balance=70 * NANO, end=2)
    await desk.shows(ANNA, "vip-active")
    state = await settled(desk, lambda state: state.rows == 2)
    assert (state.balance, state.difference) == (70 * NANO, 0)


async def test_a_debit_without_a_row_is_a_difference(desk, monkeypatch):
    monkeypatch.setattr("actors.payments.reconciliation.LOOK_AGAIN", 0.01)
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=(), balance=-5 * NANO, end=0)
    state = await settled(desk, lambda state: state.compared_at)
    assert state.difference == -5 * NANO


async def test_a_difference_that_is_none_any_more_is_soon_taken_back(desk, monkeypatch):
    monkeypatch.setattr("actors.payments.reconciliation.LOOK_AGAIN", 0.01)
    monkeypatch.setattr("actors.payments.reconciliation.DIFFERENT_AGAIN", 0.01)
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=(), balance=-5 * NANO, end=0)
    assert (await settled(desk, lambda state: state.compared_at)).difference
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=(), balance=0, end=0)
    await settled(desk, lambda state: not state.difference)


async def settled(desk, wanted):
    while True:
        state = await desk.records.star_lists.read(BOT)
        if wanted(state):
            return state
        await asyncio.sleep(0.02)


async def asked_for(desk, charge: str) -> str:
    await desk.records.refunds.ask(RefundRequest(charge=charge, bot=BOT, reason="a test", by="admin"), time.time())
    while True:
        found = await desk.records.refunds.find(charge)
        if found.outcome:
            return found.outcome
        await asyncio.sleep(0.02)


async def test_a_refund_that_was_asked_for_is_made_once(desk):
    desk.telegram.stars_answers[RefundCharge] = RefundOutcome.DONE
    await desk.hears(charged(await desk.ordered()))
    await desk.shows(ANNA, "vip-active")
    assert await asked_for(desk, "stx1") == "refunded"
    assert await asked_for(desk, "stx1") == "refunded"
    assert len([call for call in desk.telegram.asked_stars if isinstance(call, RefundCharge)]) == 1
    paid = await desk.records.ledger.payment("stx1")
    assert (paid.refund_reason, paid.refund_by) == ("a test", "admin")


async def test_a_refund_that_telegram_knows_already_is_looked_up(desk):
    row = Transaction(id="stx1", amount=-100 * NANO, date=time.time(), peer=Peer.USER, user=ANNA, refund=True)
    desk.telegram.stars_answers |= {RefundCharge: RefundOutcome.ALREADY, FindTransaction: row}
    await desk.hears(charged(await desk.ordered()))
    await desk.shows(ANNA, "vip-active")
    assert await asked_for(desk, "stx1") == "refunded before"
    assert await desk.records.ledger.balance(BOT) == 0


async def test_a_refund_of_an_unknown_charge_says_so(desk):
    assert await asked_for(desk, "nothing") == "unknown charge"


async def test_a_subscription_of_a_plan_that_is_no_longer_sold_is_cancelled_at_telegram(desk):
    desk.telegram.stars_answers[CancelSubscription] = True
    monthly = await desk.ordered(plan="monthly", quantity=30, period=MONTH)
    await desk.hears(charged(monthly, subscribed_until=time.time() + MONTH))
    await desk.shows(ANNA, "vip-active")
    vip = structs.replace(desk.live.current.vip, plans=desk.live.current.vip.plans[:1])
    desk.live.swap(structs.replace(desk.live.current, vip=vip), {})
    await desk.telegram.until(lambda: CancelSubscription(user=ANNA, charge="stx1") in desk.telegram.asked_stars)


async def test_an_older_invoice_is_deleted_where_a_newer_one_is_sent(desk):
    await desk.ordered()
    await desk.records.orders.sent("0123456789abcdef", MessageId(99))
    asked = OpenOrder(buyer=Address(BOT, ANNA), kind=Kind.VIP, plan="week")
    assert await desk.payments.ask(asked, timeout=5) == ""
    calls = [type(call) for call in desk.telegram.submitted]
    assert calls == [Delete, Send]


async def test_a_bug_in_one_payment_holds_up_no_other(desk, monkeypatch):
    book = desk.records.ledger.book_charge

    async def buggy(charge, *arguments, **more):
        if charge.id == "stx-odd":
            raise RuntimeError("a bug")
        return await book(charge, *arguments, **more)

    monkeypatch.setattr(desk.records.ledger, "book_charge", buggy)
    order = await desk.ordered()
    await desk.hears(charged(order, "stx-odd", pts=7))
    await desk.hears(charged(order, "stx1", pts=8))
    await desk.shows(ANNA, "vip-active")
    await desk.telegram.until(lambda: desk.telegram.confirmed == [Pts(8)])


async def test_a_gift_link_is_not_shown_without_the_name_of_its_bot(desk):
    owed = Owed(key="k", to=Address(BOT, ANNA), text="gift-link", arguments={"code": "abc"})
    assert shown(desk.world, owed) == {"link": "https://t.me/bot1?start=gift_abc"}
    desk.directory.names.clear()
    with pytest.raises(Unavailable):
        shown(desk.world, owed)


async def test_vip_is_shown_also_where_telegram_makes_no_link_for_a_subscription(desk, monkeypatch):
    async def no_link(call):
        assert isinstance(call, ExportInvoice)
        raise Unavailable("SUBSCRIPTION_PERIOD_INVALID")

    await desk.records.orders.accept_terms(ANNA, time.time())
    monkeypatch.setattr(desk.telegram, "stars", no_link)
    view = await desk.payments.ask(ReadVip(address=Address(BOT, ANNA)), timeout=5)
    assert view.links == {}


async def test_bots_without_work_are_not_asked_for_one_by_one(desk, monkeypatch):
    asked, due = [], desk.records.outbox.due

    async def counted(bot, *arguments):
        asked.append(bot)
        return await due(bot, *arguments)

    monkeypatch.setattr(desk.records.outbox, "due", counted)
    await Chores(desk.world).look()
    assert BOT not in asked
    owed = Owed(key="k", to=Address(BOT, ANNA), text="gift-given")
    await desk.records.grants.grant(ANNA, BOT, "trial:10", DAY, (owed,))
    await desk.shows(ANNA, "gift-given")
    assert BOT in asked


async def test_a_refund_that_cannot_be_made_now_holds_up_no_other(desk, monkeypatch):
    stars = desk.telegram.stars

    async def away_for_the_first(call):
        if isinstance(call, RefundCharge) and call.charge == "stx1":
            raise Unavailable("not now")
        return await stars(call)

    desk.telegram.stars_answers[RefundCharge] = RefundOutcome.DONE
    monkeypatch.setattr(desk.telegram, "stars", away_for_the_first)
    order = await desk.ordered()
    await desk.hears(charged(order, "stx1", pts=7))
    await desk.hears(charged(order, "stx2", pts=8))
    await desk.telegram.until(lambda: len(desk.telegram.confirmed) == 2)
    first = RefundRequest(charge="stx1", bot=BOT, reason="a test", by="admin")
    await desk.records.refunds.ask(first, time.time())
    assert await asked_for(desk, "stx2") == "refunded"
    assert (await desk.records.refunds.find("stx1")).outcome == ""


async def test_a_bot_that_is_busy_is_waited_for_with_the_confirmation(desk, monkeypatch):
    book, transport = desk.records.ledger.book_charge, desk.directory.post(BOT).transport
    room = transport.actor_inbox.limit

    async def with_a_full_mailbox(*arguments, **more):
        transport.actor_inbox.limit = 0
        return await book(*arguments, **more)

    monkeypatch.setattr(desk.records.ledger, "book_charge", with_a_full_mailbox)
    await desk.hears(charged(await desk.ordered()))
    while not transport.actor_inbox.has_waiting_senders:
        assert desk.payments.is_alive()
        await asyncio.sleep(0)
    transport.actor_inbox.limit = room
    transport.tell(Discard(chat=ChatId("any")))
    await desk.telegram.until(lambda: desk.telegram.confirmed == [Pts(7)])
