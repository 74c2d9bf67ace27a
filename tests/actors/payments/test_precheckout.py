"""A payment may go on only where all is well, and nothing is charged in doubt."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from math import inf

import pytest
from msgspec import structs

from actors.messages import CallStars, Submit
from domain.errors import Unavailable
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, ChatId
from domain.model.outgoing import Lane, Notice, Send
from domain.model.profile import Profile
from domain.payments import precheckout
from domain.payments.calls import AnswerPrecheckout
from domain.payments.orders import MONTH, Kind
from storage.sql.bans import SqlBans
from storage.sql.chats import SqlChats
from tests.actors.payments.desk import ANNA, BORIS, BOT, a_desk, charged
from tests.records import keep

WAITING = 500


@pytest.fixture
async def desk(tmp_path):
    async with a_desk(tmp_path) as desk:
        yield desk


async def in_a_chat(desk) -> SqlChats:
    chats = SqlChats(desk.database)
    await chats.opened(Chat(id=ChatId("c"), first=Address(BOT, ANNA), second=Address(BOT, BORIS), started=time.time()))
    return chats


async def test_a_payment_of_an_open_order_may_go_on(desk):
    assert await desk.asks(await desk.ordered()) == ""


async def test_a_second_query_of_one_order_is_refused_for_a_while(desk):
    order = await desk.ordered()
    assert await desk.asks(order) == ""
    assert await desk.asks(order) == precheckout.TWICE


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"payload": b"0123456789abcdef|vip|week|7|10||forged"}, precheckout.UNKNOWN),
        ({"payload": b"\xff" * 128}, precheckout.UNKNOWN),
        ({"user": BORIS}, precheckout.OTHERS),
        ({"currency": "USD"}, precheckout.PRICE),
        ({"amount": 99}, precheckout.PRICE),
    ],
    ids=["forged", "no text", "somebody else", "another currency", "another sum"],
)
async def test_a_query_that_does_not_fit_its_order_is_refused(desk, changes, refusal):
    assert await desk.asks(await desk.ordered(), **changes) == refusal


async def test_an_order_that_is_over_is_refused(desk):
    order = await desk.ordered(expires=time.time() - 1)
    assert await desk.asks(order) == precheckout.EXPIRED


async def test_an_order_that_was_paid_is_refused(desk):
    order = await desk.ordered()
    await desk.hears(charged(order))
    await desk.shows(ANNA, "vip-active")
    assert await desk.asks(order) == precheckout.PAID


async def test_an_order_that_a_newer_one_replaced_is_refused(desk):
    older = await desk.ordered()
    await desk.ordered(id="b" * 16)
    assert await desk.asks(older) == precheckout.EXPIRED


async def test_an_order_that_is_not_in_the_records_is_refused(desk):
    order = await desk.ordered()
    assert await desk.asks(replace(order, id="f" * 16)) == precheckout.UNKNOWN


async def test_the_price_of_an_invoice_is_frozen_and_its_plan_must_still_be_sold(desk):
    order = await desk.ordered()
    dearer = tuple(structs.replace(plan, stars=999) for plan in desk.live.current.vip.plans)
    vip = structs.replace(desk.live.current.vip, plans=dearer)
    desk.live.swap(structs.replace(desk.live.current, vip=vip), {})
    assert await desk.asks(order) == ""
    desk.live.swap(structs.replace(desk.live.current, vip=structs.replace(vip, plans=dearer[1:])), {})
    assert await desk.asks(await desk.ordered(id="b" * 16)) == precheckout.NOT_SOLD


@pytest.mark.parametrize("flag", ["vip", "stars_payments"])
async def test_a_feature_that_is_off_refuses_open_invoices(desk, flag):
    features = structs.replace(desk.live.current.features, **{flag: False})
    desk.live.swap(structs.replace(desk.live.current, features=features), {})
    assert await desk.asks(await desk.ordered()) == precheckout.OFF


async def test_banned_people_cannot_pay(desk):
    await SqlBans(desk.database).ban(ANNA, inf, "ads", "admin")
    assert await desk.asks(await desk.ordered()) == precheckout.BANNED


async def test_minors_cannot_pay_for_an_invoice_of_earlier_days(desk):
    order = await desk.ordered()
    await keep(desk.database, Profile(user=ANNA, age=15), clock=time.time)
    assert await desk.asks(order) == precheckout.MINOR
    async with desk.database.connection() as connection:
        await connection.execute("UPDATE age_sides SET adult_from = 1")
    assert await desk.asks(order) == ""


async def test_whoever_has_not_accepted_the_terms_cannot_pay(desk):
    order = await desk.ordered()
    async with desk.database.connection() as connection:
        await connection.execute("DELETE FROM terms_accepted")
    assert await desk.asks(order) == precheckout.TERMS


async def test_in_a_chat_a_gift_may_be_paid_and_ones_own_vip_not(desk):
    chats = await in_a_chat(desk)
    order = await desk.ordered()
    gift = await desk.ordered(id="b" * 16, kind=Kind.GIFT, recipient=Address(BOT, BORIS))
    assert await desk.asks(order) == precheckout.IN_CHAT
    assert await desk.asks(gift) == ""
    await chats.ended(ChatId("c"), ChatEnd.STOPPED)
    assert await desk.asks(order) == ""


async def test_a_second_subscription_is_refused_and_a_renewal_is_accepted_also_in_a_chat(desk):
    monthly = await desk.ordered(plan="monthly", quantity=30, stars=250, period=MONTH)
    await desk.hears(charged(monthly, subscribed_until=time.time() + MONTH))
    await desk.shows(ANNA, "vip-active")
    await in_a_chat(desk)
    assert await desk.asks(monthly, at=time.time() + MONTH) == ""
    other = await desk.ordered(id="b" * 16, plan="monthly", quantity=30, stars=250, period=MONTH)
    assert await desk.asks(other) == precheckout.IN_CHAT


@pytest.mark.parametrize("error", [Unavailable("the database is away"), RuntimeError("a bug")], ids=["outage", "bug"])
async def test_in_doubt_nothing_is_charged(desk, monkeypatch, error):
    async def fails(*_arguments):
        raise error

    order = await desk.ordered()
    monkeypatch.setattr(desk.records.orders, "buyer", fails)
    assert await desk.asks(order) == precheckout.DOUBT


async def test_a_database_that_hangs_is_not_waited_for(desk, monkeypatch):
    async def hangs(*_arguments):
        await asyncio.Event().wait()

    monkeypatch.setattr("actors.payments.precheckout.DECIDE_SECONDS", 0.05)
    order = await desk.ordered()
    monkeypatch.setattr(desk.records.orders, "buyer", hangs)
    assert await desk.asks(order) == precheckout.DOUBT


async def test_a_bug_in_one_answer_ends_nothing_else(desk, monkeypatch):
    stars = desk.telegram.stars

    async def buggy(call):
        reply = await stars(call)
        if type(call) is AnswerPrecheckout:
            raise RuntimeError("a bug")
        return reply

    monkeypatch.setattr(desk.telegram, "stars", buggy)
    order = await desk.ordered()
    await desk.asks(order)
    await desk.hears(charged(order))
    await desk.shows(ANNA, "vip-active")
    assert desk.payments.is_alive()


async def test_the_answer_overtakes_the_messages_that_wait_to_be_sent(desk):
    post = desk.directory.post(BOT)
    assert post is not None
    for number in range(WAITING):
        notice = Notice(text="vip-ended")
        post.transport.tell(Submit(outgoing=Send(to=BORIS, key=f"{number}", body=notice, lane=Lane.ANSWER)))
    await post.transport.ask(CallStars(call=AnswerPrecheckout(query=1)), timeout=None)
    assert len(desk.telegram.submitted) < WAITING
