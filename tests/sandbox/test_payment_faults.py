"""Each way in which payments go wrong, once."""

from __future__ import annotations

import asyncio

import pytest
from pyrogram.errors import RPCError

from tests.sandbox.shop import answers, asked, buys, earnings, invoice, linked, listed, noticed, offered, passes, pays, refunds
from tests.sandbox.test_messages import refused
from tests.sandbox.test_subscriptions import MONTH, does, renewal, subscribed
from tests.sandbox.town import F, T, Town

SELF = T.InputPeerSelf()


async def test_an_answer_that_comes_too_late_is_lost_to_the_bot(town: Town) -> None:
    bot, anna, number = await offered(town)
    await town.fault("precheckout_late")
    paying = asyncio.create_task(pays(town, anna, number))
    answer = F.messages.SetBotPrecheckoutResults(query_id=(await asked(bot)).query_id, success=True)
    with pytest.raises(TimeoutError):
        await bot.call(answer, patience=0.3)
    assert (await paying)["outcome"] == "timeout"
    assert (await earnings(town))["balance"] == 0
    await buys(town, bot, anna, number)


async def test_a_lost_answer_charges_all_the_same(town: Town) -> None:
    bot, anna, number = await offered(town)
    await town.fault("lose_answer", method="messages.setBotPrecheckoutResults")
    paying = asyncio.create_task(pays(town, anna, number))
    answer = F.messages.SetBotPrecheckoutResults(query_id=(await asked(bot)).query_id, success=True)
    with pytest.raises(TimeoutError):
        await bot.call(answer, patience=0.3)
    assert (await paying)["outcome"] == "paid"
    assert await noticed(bot, T.MessageActionPaymentSentMe)


async def test_a_refused_payment_is_charged_anyway(town: Town) -> None:
    bot, anna, number = await offered(town)
    await town.fault("charge_anyway")
    paying = asyncio.create_task(pays(town, anna, number))
    await answers(bot, await asked(bot), "no")
    assert (await paying)["outcome"] == "paid"
    assert (await noticed(bot, T.MessageActionPaymentSentMe)).action.payload == b"order 1"


async def test_a_payment_that_timed_out_is_charged_anyway(town: Town) -> None:
    bot, anna, number = await offered(town)
    await town.fault("charge_anyway")
    paying = asyncio.create_task(pays(town, anna, number))
    await asked(bot)
    await passes(town, 10)
    assert (await paying)["outcome"] == "paid"


async def test_an_unannounced_payment_and_refund_are_in_the_list_only(town: Town) -> None:
    bot, anna, number = await offered(town)
    await town.fault("unannounced", times=2)
    charge = await buys(town, bot, anna, number)
    assert (await anna.sees("edit"))["message"]["media"]["paid"] is True
    await town.http.post("/api/stars/refund", json={"charge_id": charge, "by": "owner"})
    await anna.says(town.bots[0], "anything else?")
    assert isinstance((await bot.gets(T.UpdateNewMessage)).message, T.Message)
    assert [(row.id, row.refund) for row in (await listed(bot)).history] == [(charge, False), (charge, True)]


async def test_the_list_lags_behind(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    await town.fault("list_lag", seconds=60, times=3)
    late = await listed(bot)
    assert (late.history, late.balance.amount) == ([], 50)
    by_id = F.payments.GetStarsTransactionsByID(peer=SELF, id=[T.InputStarsTransaction(id=charge)])
    assert await refused(bot, by_id) == (400, "TRANSACTION_ID_INVALID")
    await passes(town, 61)
    assert [row.id for row in (await listed(bot)).history] == [charge]


async def test_a_refund_is_done_but_answered_as_if_it_had_been_before(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    await town.fault("already_refunded")
    with pytest.raises(RPCError, match="CHARGE_ALREADY_REFUNDED"):
        await refunds(bot, anna, charge)
    by_id = F.payments.GetStarsTransactionsByID(peer=SELF, id=[T.InputStarsTransaction(id=charge, refund=True)])
    (row,) = (await bot.call(by_id)).history
    assert row.refund


async def test_a_refund_notice_may_be_incoming(town: Town) -> None:
    bot, anna, number = await offered(town)
    charge = await buys(town, bot, anna, number)
    await town.fault("refund_incoming")
    notice = (await refunds(bot, anna, charge)).updates[0].message
    assert (notice.action.charge.id, notice.out) == (charge, False)


async def test_a_renewal_may_ask_the_bot(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    await town.fault("renewal_query", times=2)
    await passes(town, MONTH + 20)
    query = await asked(bot)
    assert (query.user_id, query.payload) == (anna.id, b"plan")
    await answers(bot, query)
    assert (await renewal(bot)).recurring_used
    await passes(town, MONTH)
    await answers(bot, await asked(bot), "no more")
    assert (await bot.gets(T.UpdateBotStarsSubscription)).payment_failed


async def test_a_renewal_may_come_after_the_cancel(town: Town) -> None:
    bot, anna, _ = await subscribed(town)
    await does(town, anna, "cancel")
    await town.fault("renewal_after_cancel", bot=town.bots[0])
    await passes(town, MONTH)
    assert (await renewal(bot)).recurring_used
    await passes(town, MONTH)
    assert (await earnings(town))["balance"] == 200


async def test_faults_of_updates_strike_payments_too(town: Town) -> None:
    bot, anna = await town.chatting()
    link = await linked(bot, invoice(payload=b"twice"))
    paying = asyncio.create_task(pays(town, anna, link=link))
    query = await asked(bot)
    await town.fault("duplicate")
    await answers(bot, query)
    charge = (await paying)["charge_id"]
    got = [await noticed(bot, T.MessageActionPaymentSentMe) for _ in range(2)]
    assert {one.action.charge.id for one in got} == {charge}
