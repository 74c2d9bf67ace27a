"""Invoices, pre-checkouts and charges, as tests write and read them."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.sandbox.town import F, Person, StockBot, T, Town


def invoice(stars: int = 50, *, period: int | None = None, payload: bytes = b"order 1", **rest: Any) -> Any:
    """An invoice in Stars; fields of `Invoice` can be given with the prefix `invoice_`."""
    inner = {name.removeprefix("invoice_"): rest.pop(name) for name in list(rest) if name.startswith("invoice_")}
    fields = {"currency": "XTR", "prices": [T.LabeledPrice(label="VIP", amount=stars)], "subscription_period": period}
    outer = {"title": "VIP", "description": "a month of it", "payload": payload, "provider_data": T.DataJSON(data="null")}
    return T.InputMediaInvoice(invoice=T.Invoice(**(fields | inner)), **(outer | rest))


async def send(bot: StockBot, person: Person, media: Any, **rest: Any) -> Any:
    """Send an invoice message. Returns it as the bot sees it."""
    query = F.messages.SendMedia(peer=bot.peer(person.id), media=media, message="", random_id=bot.client.rnd_id(), **rest)
    return (await bot.call(query)).updates[1].message


async def offered(town: Town, media: Any | None = None) -> tuple[StockBot, Person, int]:
    """A bot, a person, and the number of an invoice on that person's phone."""
    bot, anna = await town.chatting()
    await send(bot, anna, invoice(start_param="vip") if media is None else media)
    return bot, anna, (await anna.sees())["message"]["id"]


async def asked(bot: StockBot) -> Any:
    return await bot.gets(T.UpdateBotPrecheckoutQuery)


async def answers(bot: StockBot, query: Any, error: str | None = None) -> None:
    """Approve the query, or refuse it with this text."""
    await bot.call(F.messages.SetBotPrecheckoutResults(query_id=query.query_id, success=error is None, error=error))


async def noticed(bot: StockBot, action: type) -> Any:
    """The service message with that action, as it is pushed."""
    while True:
        message = (await bot.gets(T.UpdateNewMessage)).message
        if isinstance(message, T.MessageService) and isinstance(message.action, action):
            return message


async def buys(town: Town, bot: StockBot, person: Person, number: int | None = None, **rest: Any) -> str:
    """Pay an invoice message or a link that the bot approves. Returns the id of the charge."""
    paying = asyncio.create_task(pays(town, person, number, **rest))
    await answers(bot, await asked(bot))
    outcome = await paying
    assert outcome["outcome"] == "paid", outcome
    return outcome["charge_id"]


async def pays(town: Town, person: Person, number: int | None = None, **rest: Any) -> Any:
    """Press and confirm; the outcome."""
    which = {} if number is None else {"message_id": number}
    return await person.does("pay", bot=town.bots[0], **which, **rest)


async def linked(bot: StockBot, media: Any) -> str:
    return (await bot.call(F.payments.ExportInvoice(invoice_media=media))).url


async def wallet(town: Town, person: Person) -> Any:
    return (await town.http.get(f"/api/users/{person.id}/stars")).json()


async def earnings(town: Town) -> Any:
    return (await town.http.get(f"/api/bots/{town.bots[0]}/stars")).json()


async def befalls(town: Town, kind: str, **rest: Any) -> Any:
    answer = await town.http.post(f"/api/bots/{town.bots[0]}/stars", json={"kind": kind, **rest})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def passes(town: Town, seconds: float) -> None:
    """Move the clock of Stars forward."""
    answer = await town.http.post("/api/clock", json={"advance": seconds})
    assert answer.status_code == 200, answer.text


async def listed(bot: StockBot, offset: str = "", limit: int = 100, **rest: Any) -> Any:
    """A page of the bot's transactions, oldest first unless told otherwise."""
    flags = {"ascending": True} | rest
    return await bot.call(F.payments.GetStarsTransactions(peer=T.InputPeerSelf(), offset=offset, limit=limit, **flags))


async def refunds(bot: StockBot, person: Person, charge: str) -> Any:
    peer = bot.peer(person.id)
    return await bot.call(
        F.payments.RefundStarsCharge(user_id=T.InputUser(user_id=peer.user_id, access_hash=peer.access_hash), charge_id=charge)
    )
