"""Payments that are not as they should be: late, double, by others, forged. What was charged is granted all the same."""

from __future__ import annotations

import asyncio
import time

import pytest
from msgspec import structs

from actors.payments.messages import OpenOrder, RedeemGift, RedeemPromo
from domain.errors import Unavailable
from domain.model.chat import Chat
from domain.model.ids import Address, ChatId, MessageId, UserId
from domain.model.outgoing import NotSent, Send, Why
from domain.model.profile import DAY
from domain.payments import precheckout
from domain.payments.orders import Kind
from domain.payments.sales import SECOND_CHARGE, UNKNOWN_PAYLOAD
from domain.payments.updates import NANO
from domain.ports.payments import NotRedeemed
from storage.sql.chats import SqlChats
from tests.actors.payments.desk import ANNA, BORIS, BOT, a_desk, charged

CARLA, DORA = UserId(30), UserId(40)


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk


async def booked(desk, charge: str):
    while True:
        if paid := await desk.records.ledger.payment(charge):
            return paid
        await asyncio.sleep(0.01)


async def days_left(desk, user=ANNA) -> float:
    return round((await desk.vip.vip_until(user) - time.time()) / DAY, 2)


async def test_of_two_devices_that_pay_at_the_same_moment_one_is_refused(desk):
    order = await desk.ordered()
    assert sorted(await asyncio.gather(*(desk.decides(order) for _ in range(2)))) == ["", precheckout.TWICE]


async def test_two_charges_of_one_order_are_both_granted_and_the_second_is_flagged(desk):
    order = await desk.ordered()
    await asyncio.gather(*(desk.hears(charged(order, id_, pts)) for pts, id_ in enumerate(("one", "two"), start=7)))
    flags = sorted([(await booked(desk, id_)).flag for id_ in ("one", "two")])
    assert (flags, await days_left(desk)) == (["", SECOND_CHARGE], 14)
    assert await desk.records.ledger.balance(BOT) == 200 * NANO


@pytest.mark.parametrize("payload", [b"", b"\xff" * 128, b"0123456789abcdef|vip|week|7|10||forged", b"|" * 6, b"a|b|c|d|e|f|g"])
async def test_a_charge_with_a_forged_payload_is_booked_and_flagged_and_grants_nothing(desk, payload):
    await desk.hears(charged(await desk.ordered(), payload=payload))
    assert (await booked(desk, "stx1")).flag == UNKNOWN_PAYLOAD
    assert (await desk.vip.vip_until(ANNA), desk.shown(ANNA)) == (0, [])
    assert await desk.records.ledger.balance(BOT) == 100 * NANO


async def test_who_has_paid_somebody_elses_invoice_all_the_same_has_what_was_paid(desk):
    """Telegram charged, whatever the answer was: whoever paid gets it."""
    order = await desk.ordered()
    assert await desk.asks(order, user=BORIS) == precheckout.OTHERS
    await desk.hears(charged(order, user=BORIS))
    await desk.shows(BORIS, "vip-active")
    assert (await days_left(desk, BORIS), await desk.vip.vip_until(ANNA)) == (7, 0)


async def test_an_order_that_is_over_or_replaced_is_granted_once_it_was_charged(desk):
    over = await desk.ordered(expires=time.time() - 1)
    newer = await desk.ordered(id="b" * 16)
    assert await desk.asks(over) == precheckout.EXPIRED
    await desk.hears(charged(over, "late"))
    await desk.hears(charged(newer, "newer", 8))
    assert [(await booked(desk, id_)).flag for id_ in ("late", "newer")] == ["", ""]
    assert await days_left(desk) == 14


async def test_another_sum_than_the_price_is_booked_as_it_was_charged(desk):
    order = await desk.ordered()
    assert await desk.asks(order, amount=99) == precheckout.PRICE
    await desk.hears(charged(order, amount=99 * NANO))
    await desk.shows(ANNA, "vip-active")
    assert await desk.records.ledger.balance(BOT) == 99 * NANO


async def test_a_charge_id_of_any_length_is_one_key(desk):
    order, long = await desk.ordered(), "stx" + "A" * 137
    for _ in range(2):
        await desk.hears(charged(order, long))
    await desk.hears(charged(order, long + "B", 8))
    await booked(desk, long + "B")
    assert await days_left(desk) == 14


async def test_plan_or_days_that_change_before_the_payment_do_not_change_what_was_ordered(desk):
    order = await desk.ordered()
    plans = tuple(structs.replace(plan, stars=999, days=1) for plan in desk.live.current.vip.plans)
    desk.live.swap(structs.replace(desk.live.current, vip=structs.replace(desk.live.current.vip, plans=plans)), {})
    assert await desk.asks(order) == ""
    await desk.hears(charged(order))
    await desk.shows(ANNA, "vip-active")
    assert await days_left(desk) == 7


async def orders(desk, user=ANNA, **asked) -> str:
    await desk.records.orders.accept_terms(user, time.time())
    return await desk.payments.ask(OpenOrder(buyer=Address(BOT, user), **{"kind": Kind.GIFT, "plan": "week", **asked}), timeout=5)


async def has_chats(desk) -> None:
    chats = SqlChats(desk.database)
    for id_, first, second in (("ours", ANNA, BORIS), ("theirs", CARLA, DORA)):
        chat = Chat(id=ChatId(id_), first=Address(BOT, first), second=Address(BOT, second), started=time.time())
        await chats.opened(chat)


async def test_a_gift_goes_to_ones_own_partner_and_of_other_chats_nothing_is_learnt(desk):
    await has_chats(desk)
    refusals = {chat: await orders(desk, chat=ChatId(chat)) for chat in ("theirs", "never was", "' OR 1=1")}
    assert set(refusals.values()) == {"gift-no-partner"}
    assert await orders(desk) == "gift-no-partner"
    assert desk.telegram.submitted == []
    assert await orders(desk, chat=ChatId("ours")) == ""
    assert [type(each) for each in desk.telegram.submitted] == [Send]


@pytest.mark.parametrize("plan", ["forged", "", "week' --", "monthly"])
async def test_a_plan_that_is_not_for_sale_is_not_ordered(desk, plan):
    await has_chats(desk)
    assert await orders(desk, plan=plan, chat=ChatId("ours")) == precheckout.NOT_SOLD
    assert desk.telegram.submitted == []


async def test_a_button_that_is_pressed_twice_leaves_one_invoice_that_can_be_paid(desk):
    pressed = await asyncio.gather(*(orders(desk, kind=Kind.VIP) for _ in range(2)))
    assert pressed == ["", ""]
    async with desk.database.connection() as connection:
        rows = await (await connection.execute("SELECT state FROM orders ORDER BY state")).fetchall()
    assert [state for (state,) in rows] == ["closed", "open"]


@pytest.mark.parametrize("code", ["", "x" * 10_000, "🎁🎁", "'; DROP TABLE promo_codes", "a\\b"])
async def test_a_code_that_is_none_grants_nothing(desk, code):
    address = Address(BOT, ANNA)
    for asked in (RedeemPromo, RedeemGift):
        assert await desk.payments.ask(asked(address=address, code=code), timeout=5) is NotRedeemed.UNKNOWN


async def test_a_code_and_a_gift_that_two_devices_redeem_at_once_are_redeemed_once(desk):
    await desk.records.grants.make_promo("SPRING", 5, 9, time.time() + DAY, "admin")
    asked = [desk.payments.ask(RedeemPromo(address=Address(BOT, ANNA), code="SPRING"), timeout=5) for _ in range(4)]
    assert sorted(map(str, await asyncio.gather(*asked))) == ["5", "used", "used", "used"]
    await desk.hears(charged(await desk.ordered(kind=Kind.GIFT_LINK)))
    await desk.shows(ANNA, "gift-link")
    async with desk.database.connection() as connection:
        ((code,),) = await (await connection.execute("SELECT code FROM gift_links")).fetchall()
    asked = [desk.payments.ask(RedeemGift(address=Address(BOT, user), code=code), timeout=5) for user in (ANNA, BORIS, CARLA)]
    assert sorted(map(str, await asyncio.gather(*asked))) == ["7", "used", "used"]


async def test_who_blocks_the_bot_after_paying_has_vip_and_is_told_nothing_for_ever(desk):
    desk.telegram.outcomes[ANNA] = NotSent(why=Why.GONE)
    await desk.hears(charged(await desk.ordered()))
    await booked(desk, "stx1")
    while True:
        if not await desk.records.outbox.due(BOT, time.time()):
            break
        await asyncio.sleep(0.01)
    assert await days_left(desk) == 7


async def test_an_invoice_that_cannot_be_sent_leaves_nothing_to_pay_but_an_order_that_ends_by_itself(desk):
    desk.telegram.outcomes[ANNA] = NotSent(why=Why.GONE)
    with pytest.raises(Unavailable):
        await orders(desk, kind=Kind.VIP)
    assert await desk.vip.vip_until(ANNA) == 0


async def test_an_old_invoice_that_cannot_be_deleted_does_not_stop_a_new_one(desk):
    older = await desk.ordered()
    await desk.records.orders.sent(older.id, MessageId(99))
    assert await orders(desk, kind=Kind.VIP) == ""
    assert await desk.asks(older) == precheckout.EXPIRED
