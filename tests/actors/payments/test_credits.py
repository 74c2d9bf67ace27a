"""Packs of credits are orders like VIP plans: invoice, query before payment, booking, refund, and Telegram's list."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec import structs

from actors.payments.messages import OpenOrder, ReadCredits
from bench.payments.credits import faults_of
from domain.model.chat import Chat
from domain.model.ids import Address, ChatId, Pts
from domain.model.outgoing import Invoice
from domain.model.profile import Profile
from domain.payments import precheckout
from domain.payments.calls import ReadTransactions, RefundCharge, RefundOutcome
from domain.payments.orders import Kind
from domain.payments.payload import read_payload, write_payload
from domain.payments.rules import Credits
from domain.payments.sales import SECOND_CHARGE
from domain.payments.transactions import Page, Peer, Transaction
from domain.payments.updates import NANO, Refund, RefundReceived
from domain.ports.payments import RefundRequest
from storage.sql.chats import SqlChats
from tests.actors.payments.desk import ANNA, BORIS, BOT, SECRET, Desk, a_desk, charged
from tests.records import keep

PACK = {"kind": Kind.CREDITS, "plan": "small", "quantity": 10, "stars": 50}
ASKED = OpenOrder(buyer=Address(BOT, ANNA), kind=Kind.CREDITS, plan="small")


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk
        assert await faults_of(desk.database) == []


def changed(desk: Desk, section: str, **changes) -> None:
    current = desk.live.current
    desk.live.swap(structs.replace(current, **{section: structs.replace(getattr(current, section), **changes)}), {})


async def credits_of(desk: Desk, user=ANNA) -> int:
    return (await desk.payments.ask(ReadCredits(user=user), timeout=5)).balance


async def in_a_chat(desk: Desk) -> None:
    chat = Chat(id=ChatId("c"), first=Address(BOT, ANNA), second=Address(BOT, BORIS), started=time.time())
    await SqlChats(desk.database).opened(chat)


async def test_an_invoice_of_a_pack_says_how_many_credits_and_carries_them_in_its_payload(desk):
    await desk.records.orders.accept_terms(ANNA, time.time())
    assert await desk.payments.ask(ASKED, timeout=5) == ""
    (invoice,) = (call.body for call in desk.telegram.submitted if isinstance(call.body, Invoice))
    assert (invoice.words, invoice.quantity, invoice.stars, invoice.period) == ("invoice-credits", 10, 50, 0)
    claim = read_payload(invoice.payload, SECRET)
    assert (claim.kind, claim.plan, claim.quantity, claim.user) == (Kind.CREDITS, "small", 10, ANNA)


async def test_a_pack_is_bought_also_in_a_chat(desk):
    await in_a_chat(desk)
    await desk.records.orders.accept_terms(ANNA, time.time())
    assert await desk.payments.ask(ASKED, timeout=5) == ""
    assert await desk.asks(await desk.ordered(**PACK)) == ""


async def test_whoever_has_not_accepted_the_terms_is_asked_first(desk):
    assert await desk.payments.ask(ASKED, timeout=5) == precheckout.TERMS


async def test_minors_and_unknown_packs_are_refused_before_there_is_an_invoice(desk):
    await desk.records.orders.accept_terms(ANNA, time.time())
    unknown = OpenOrder(buyer=ASKED.buyer, kind=Kind.CREDITS, plan="week")
    assert await desk.payments.ask(unknown, timeout=5) == precheckout.NOT_SOLD
    await keep(desk.database, Profile(user=ANNA, age=15), clock=time.time)
    assert await desk.payments.ask(ASKED, timeout=5) == precheckout.MINOR


async def test_a_query_for_a_pack_is_decided_by_the_packs_and_not_by_vip(desk):
    order = await desk.ordered(**PACK)
    changed(desk, "features", stars_payments=False, vip=False)
    assert await desk.decides(order) == precheckout.OFF
    changed(desk, "features", stars_payments=True)
    changed(desk, "credits", packs=Credits().packs[1:])
    assert await desk.decides(order) == precheckout.NOT_SOLD
    changed(desk, "credits", packs=Credits().packs)
    assert await desk.decides(order) == ""


async def test_minors_cannot_pay_for_a_pack_of_earlier_days(desk):
    order = await desk.ordered(**PACK)
    await keep(desk.database, Profile(user=ANNA, age=15), clock=time.time)
    assert await desk.decides(order) == precheckout.MINOR


async def test_a_pack_is_booked_and_told_once_whatever_the_flags_say_by_then(desk):
    order = await desk.ordered(**PACK)
    changed(desk, "features", stars_payments=False)
    update = charged(order)
    await desk.hears(update)
    await desk.hears(update)
    await desk.telegram.until(lambda: desk.telegram.confirmed == [Pts(7), Pts(7)])
    await desk.shows(ANNA, "credits-bought")
    assert desk.shown(ANNA) == ["credits-bought"]
    assert await credits_of(desk) == 10


async def test_a_second_charge_of_a_pack_is_granted_and_flagged(desk):
    order = await desk.ordered(**PACK)
    await desk.hears(charged(order, "first", pts=7))
    await desk.hears(charged(order, "second", pts=8))
    await desk.telegram.until(lambda: len(desk.telegram.confirmed) == 2)
    assert [paid.flag for paid in await desk.records.ledger.flagged(BOT)] == [SECOND_CHARGE]
    assert await credits_of(desk) == 20


async def test_a_pack_that_only_telegrams_list_has_is_granted(desk):
    payload = write_payload(await desk.ordered(**PACK), SECRET)
    row = Transaction(id="stx9", amount=50 * NANO, date=time.time(), peer=Peer.USER, user=ANNA, payload=payload)
    desk.telegram.stars_answers[ReadTransactions] = Page(rows=(row,), balance=50 * NANO, end=1)
    await desk.shows(ANNA, "credits-bought")
    assert await credits_of(desk) == 10
    assert await desk.records.ledger.balance(BOT) == 50 * NANO


async def test_a_refund_that_an_operator_asks_for_takes_the_credits_back(desk):
    desk.telegram.stars_answers[RefundCharge] = RefundOutcome.DONE
    await desk.hears(charged(await desk.ordered(**PACK)))
    await desk.shows(ANNA, "credits-bought")
    await desk.records.refunds.ask(RefundRequest(charge="stx1", bot=BOT, reason="a test", by="admin"), time.time())
    await desk.shows(ANNA, "payment-refunded")
    assert await credits_of(desk) == 0
    assert await desk.records.ledger.balance(BOT) == 0


async def test_a_refund_of_one_pack_leaves_what_came_from_elsewhere(desk):
    await desk.records.credits.give(ANNA, BOT, "gift", 3)
    await desk.hears(charged(await desk.ordered(**PACK)))
    await desk.shows(ANNA, "credits-bought")
    refund = Refund(bot=BOT, charge="stx1", user=ANNA, amount=50 * NANO, payload=b"", at=time.time())
    await desk.hears(RefundReceived(user=ANNA, pts=Pts(8), refund=refund))
    await desk.shows(ANNA, "payment-refunded")
    assert await credits_of(desk) == 3


async def test_packs_of_many_people_at_once_are_all_booked(desk):
    people = [type(ANNA)(1000 + number) for number in range(12)]
    orders = [await desk.ordered(**PACK, id=f"{user:016d}", user=user) for user in people]
    updates = [charged(order, f"stx{order.user}", pts=10 + n) for n, order in enumerate(orders)]
    await asyncio.gather(*map(desk.hears, [*updates, *updates]))
    await desk.telegram.until(lambda: len(desk.telegram.confirmed) == 24)
    assert [await credits_of(desk, user) for user in people] == [10] * 12
