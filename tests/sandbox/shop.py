"""Invoices, pre-checkouts and charges, as tests write and read them."""

from __future__ import annotations

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
