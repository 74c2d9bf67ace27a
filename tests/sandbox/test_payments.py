"""Invoices in Stars, paid by a phone and approved by a bot."""

from __future__ import annotations

import asyncio

from tests.sandbox.shop import answers, asked, noticed, offered
from tests.sandbox.town import T, Town


async def test_an_invoice_in_stars_is_paid(town: Town) -> None:
    bot, anna, number = await offered(town)
    paying = asyncio.create_task(anna.does("pay", bot=town.bots[0], message_id=number))
    query = await asked(bot)
    assert (query.user_id, query.payload, query.currency, query.total_amount) == (anna.id, b"order 1", "XTR", 50)
    await answers(bot, query)

    outcome = await paying
    assert outcome["outcome"] == "paid"
    paid = await noticed(bot, T.MessageActionPaymentSentMe)
    assert (paid.action.charge.id, paid.action.payload, paid.action.total_amount) == (outcome["charge_id"], b"order 1", 50)
    assert (paid.out, paid.peer_id.user_id) == (False, anna.id)
    wallet = (await town.http.get(f"/api/users/{anna.id}/stars")).json()
    assert wallet["balance"] == 9_950
    earned = (await town.http.get(f"/api/bots/{town.bots[0]}/stars")).json()
    assert (earned["balance"], earned["transactions"][0]["id"]) == (50, outcome["charge_id"])
