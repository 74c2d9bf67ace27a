"""Invoices in Stars, paid by a phone and approved by a bot."""

from __future__ import annotations

import asyncio

from pyrogram.types import LabeledPrice

from tests.sandbox.shop import (
    answers,
    asked,
    buys,
    earnings,
    invoice,
    linked,
    noticed,
    offered,
    passes,
    pays,
    send,
    wallet,
)
from tests.sandbox.test_messages import refused
from tests.sandbox.town import F, T, Town


async def test_an_invoice_in_stars_is_paid(town: Town) -> None:
    bot, anna, number = await offered(town)
    paying = asyncio.create_task(pays(town, anna, number))
    query = await asked(bot)
    assert (query.user_id, query.payload, query.currency, query.total_amount) == (anna.id, b"order 1", "XTR", 50)
    await answers(bot, query)

    outcome = await paying
    assert outcome["outcome"] == "paid"
    paid = await noticed(bot, T.MessageActionPaymentSentMe)
    assert (paid.action.charge.id, paid.action.payload, paid.action.total_amount) == (outcome["charge_id"], b"order 1", 50)
    assert (paid.out, paid.peer_id.user_id) == (False, anna.id)
    assert not (paid.action.recurring_init or paid.action.recurring_used or paid.action.subscription_until_date)
    assert ((await wallet(town, anna))["balance"], (await earnings(town))["balance"]) == (9_950, 50)


async def test_the_phone_sees_a_receipt_and_the_bot_an_edit(town: Town) -> None:
    bot, anna = await town.chatting()
    sent = await send(bot, anna, invoice(start_param="vip"))
    shown = (await anna.sees())["message"]
    assert shown["media"] == {"kind": "invoice", "title": "VIP", "description": "a month of it", "stars": 50, "paid": False}
    charge = await buys(town, bot, anna, shown["id"])
    notice = await noticed(bot, T.MessageActionPaymentSentMe)
    edited = (await bot.gets(T.UpdateEditMessage)).message
    assert (edited.id, edited.media.receipt_msg_id, notice.reply_to.reply_to_msg_id) == (sent.id, notice.id, sent.id)

    service = (await anna.sees(own=True))["message"]
    while "service" not in service:
        service = (await anna.sees(own=True))["message"]
    assert service["service"] == {"kind": "paid", "stars": 50, "title": "VIP", "charge_id": charge}
    assert (service["reply_to"], (await anna.sees_number(shown["id"]))["media"]["paid"]) == (shown["id"], True)
    assert (await anna.sees_number(shown["id"]))["edited"] is False


async def test_charge_ids_are_long_and_each_its_own(town: Town) -> None:
    bot, anna, number = await offered(town, invoice())
    charges = {await buys(town, bot, anna, number) for _ in range(3)}
    assert {len(charge) for charge in charges} == {140}
    assert len(charges) == 3


async def test_a_refusal_is_read_and_nothing_is_charged(town: Town) -> None:
    bot, anna, number = await offered(town)
    paying = asyncio.create_task(pays(town, anna, number))
    await answers(bot, await asked(bot), "not while you chat")
    assert await paying == {"outcome": "refused", "text": "not while you chat"}
    assert (await wallet(town, anna))["transactions"] == (await earnings(town))["transactions"] == []
    await buys(town, bot, anna, number)


async def test_a_query_that_is_not_answered_within_ten_seconds_times_out(town: Town) -> None:
    bot, anna, number = await offered(town)
    paying = asyncio.create_task(pays(town, anna, number))
    query = await asked(bot)
    await passes(town, 9)
    assert not paying.done()
    await passes(town, 1)
    assert (await paying)["outcome"] == "timeout"
    late = F.messages.SetBotPrecheckoutResults(query_id=query.query_id, success=True)
    assert await refused(bot, late) == (400, "QUERY_ID_INVALID")
    assert (await earnings(town))["transactions"] == []


async def test_a_query_is_answered_once_and_by_its_own_bot(town: Town) -> None:
    bot, anna, number = await offered(town)
    other = await town.bot(1)
    paying = asyncio.create_task(pays(town, anna, number))
    query = await asked(bot)
    answer = F.messages.SetBotPrecheckoutResults(query_id=query.query_id, success=True)
    assert await refused(other, answer) == (400, "QUERY_ID_INVALID")
    empty = F.messages.SetBotPrecheckoutResults(query_id=query.query_id)
    assert await refused(bot, empty) == (400, "ERROR_TEXT_EMPTY")
    await bot.call(answer)
    assert (await paying)["outcome"] == "paid"
    assert await refused(bot, answer) == (400, "QUERY_ID_INVALID")


async def test_a_query_goes_to_a_connected_bot_only_and_into_no_difference(town: Town) -> None:
    bot, anna, number = await offered(town)
    state = await bot.call(F.updates.GetState())
    await town.fault("drop", bot=town.bots[0], seconds=60)
    pushed = (await town.stats())["updates"]
    paying = asyncio.create_task(pays(town, anna, number))
    while (await town.stats())["updates"] == pushed:
        pass
    await town.http.delete("/api/faults")
    await bot.comes_back()
    missed = await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=state.qts))
    assert isinstance(missed, T.updates.DifferenceEmpty)
    await passes(town, 10)
    assert (await paying)["outcome"] == "timeout"
    assert bot.is_idle()


async def test_a_payment_is_in_the_difference(town: Town) -> None:
    bot, anna, number = await offered(town)
    state = await bot.call(F.updates.GetState())
    charge = await buys(town, bot, anna, number)
    missed = await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=state.qts))
    (paid,) = missed.new_messages
    assert (paid.action.charge.id, missed.state.pts, anna.id in {user.id for user in missed.users}) == (
        charge,
        state.pts + 2,
        True,
    )
    (kept,) = (await bot.call(F.messages.GetMessages(id=[T.InputMessageID(id=paid.id)]))).messages
    assert kept.action.charge.id == charge


async def test_with_a_start_param_an_invoice_is_paid_once_and_without_again_and_again(town: Town) -> None:
    bot, anna, once = await offered(town)
    await buys(town, bot, anna, once)
    assert (await pays(town, anna, once))["outcome"] == "not_payable"
    await send(bot, anna, invoice())
    again = (await anna.sees())["message"]["id"]
    assert await buys(town, bot, anna, again) != await buys(town, bot, anna, again)


async def test_two_queries_approved_at_the_same_moment_are_two_charges(town: Town) -> None:
    bot, anna, number = await offered(town)
    paying = [asyncio.create_task(pays(town, anna, number)) for _ in range(2)]
    for query in [await asked(bot), await asked(bot)]:
        await answers(bot, query)
    outcomes = await asyncio.gather(*paying)
    assert len({outcome["charge_id"] for outcome in outcomes}) == 2
    assert (await wallet(town, anna))["balance"] == 9_900


async def test_a_form_pays_once_and_two_forms_pay_twice(town: Town) -> None:
    bot, anna, number = await offered(town, invoice())
    form = await anna.does("forms", bot=town.bots[0], message_id=number)
    assert (form["title"], form["stars"], form["balance"]) == ("VIP", 50, 10_000)
    both = [asyncio.create_task(anna.does("pay", form_id=form["form_id"])) for _ in range(2)]
    await answers(bot, await asked(bot))
    first, second = await asyncio.gather(*both)
    assert first == second == await anna.does("pay", form_id=form["form_id"])
    other = await anna.does("forms", bot=town.bots[0], message_id=number)
    assert await buys(town, bot, anna, form_id=other["form_id"]) != first["charge_id"]


async def test_a_form_lives_ten_minutes_and_belongs_to_one_person(town: Town) -> None:
    bot, anna, number = await offered(town)
    boris = await town.person("Boris")
    old, new = [await anna.does("forms", bot=town.bots[0], message_id=number) for _ in range(2)]
    assert (await boris.does("pay", form_id=old["form_id"]))["outcome"] == "expired"
    await passes(town, 599)
    await buys(town, bot, anna, form_id=new["form_id"])
    await passes(town, 2)
    assert (await anna.does("pay", form_id=old["form_id"]))["outcome"] == "expired"


async def test_who_has_too_few_stars_is_told_and_the_bot_is_not_asked(town: Town) -> None:
    bot, anna, number = await offered(town)
    assert (await anna.does("stars", add=-9_951))["balance"] == 49
    assert (await pays(town, anna, number))["outcome"] == "too_poor"
    assert bot.is_idle()
    assert (await anna.does("stars", add=1))["balance"] == 50
    await buys(town, bot, anna, number)
    assert (await wallet(town, anna))["balance"] == 0


async def test_stars_that_are_gone_when_the_bot_approves_are_not_charged(town: Town) -> None:
    bot, anna, number = await offered(town)
    paying = asyncio.create_task(pays(town, anna, number))
    query = await asked(bot)
    await anna.does("stars", add=-10_000)
    await answers(bot, query)
    assert (await paying)["outcome"] == "too_poor"
    assert (await earnings(town))["balance"] == 0


async def test_a_link_is_for_anybody_who_also_need_not_have_started_the_bot(town: Town) -> None:
    bot, anna = await town.chatting()
    boris = await town.person("Boris")
    link = await linked(bot, invoice(payload=b"shared"))
    assert link.startswith("https://t.me/$")
    slug = link.removeprefix("https://t.me/$")
    for person, spelled in ((anna, link), (boris, f"t.me/invoice/{slug}"), (boris, link)):
        await buys(town, bot, person, link=spelled)
        paid = await noticed(bot, T.MessageActionPaymentSentMe)
        assert (paid.peer_id.user_id, paid.action.payload, paid.reply_to) == (person.id, b"shared", None)
    assert (await bot.send(boris.id, "thank you")).id


async def test_what_is_no_invoice_cannot_be_paid(town: Town) -> None:
    bot, anna, number = await offered(town)
    said = await anna.says(town.bots[0], "hello")
    for which in ({"message_id": said}, {"message_id": 999}, {"link": "https://t.me/$nothing"}, {"link": "https://t.me/x"}):
        assert (await pays(town, anna, **which))["outcome"] == "not_payable"
    other = await anna.does("pay", bot=town.bots[1], message_id=number)
    assert other["outcome"] == "not_payable"
    opened = await anna.does("forms", bot=town.bots[0], message_id=number)
    sent = (await bot.call(F.messages.GetMessages(id=[T.InputMessageID(id=2)]))).messages[0]
    await bot.call(F.messages.DeleteMessages(id=[sent.id], revoke=True))
    assert (await anna.does("pay", form_id=opened["form_id"]))["outcome"] == "not_payable"
    assert (await pays(town, anna, number))["outcome"] == "not_payable"


async def test_stock_kurigram_reads_the_whole_way(town: Town) -> None:
    bot, anna = await town.chatting()
    seen: asyncio.Queue = asyncio.Queue()

    @bot.client.on_pre_checkout_query(group=1)
    async def _approve(_: object, query: object) -> None:
        await query.answer(ok=True)

    @bot.client.on_message(group=1)
    async def _keep(_: object, message: object) -> None:
        seen.put_nowait(message)

    link = await bot.client.create_invoice_link("VIP", "of days", "order 9", "XTR", [LabeledPrice("VIP", 7)])
    charge = (await pays(town, anna, link=link))["charge_id"]
    async with asyncio.timeout(10):
        while (payment := (await seen.get()).successful_payment) is None:
            pass
    assert (payment.telegram_payment_charge_id, payment.invoice_payload, payment.total_amount) == (charge, "order 9", 7)
    assert await bot.client.get_stars_balance() == 7
    await bot.client.refund_star_payment(anna.id, charge)
    assert await bot.client.get_stars_balance() == 0

    charge = (await pays(town, anna, link=link))["charge_id"]
    await town.http.post("/api/stars/refund", json={"charge_id": charge, "by": "owner"})
    async with asyncio.timeout(10):
        while (refund := (await seen.get()).refunded_payment) is None:
            pass
    assert (refund.telegram_payment_charge_id, refund.invoice_payload) == (charge, "order 9")
    assert (await earnings(town))["balance"] == 0


async def test_who_has_blocked_the_bot_or_is_gone_cannot_pay(town: Town) -> None:
    _, anna, number = await offered(town)
    await anna.does("block", bot=town.bots[0])
    assert (await anna.post("pay", bot=town.bots[0], message_id=number)).status_code == 409
    await anna.does("unblock", bot=town.bots[0])
    await town.http.delete(f"/api/users/{anna.id}")
    assert (await anna.post("pay", bot=town.bots[0], message_id=number)).status_code == 410
