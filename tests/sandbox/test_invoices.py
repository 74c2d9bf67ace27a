"""What makes an invoice in Stars, and what Telegram refuses."""

from __future__ import annotations

from typing import Any

from tests.sandbox.shop import buys, invoice, linked, offered, pays, send
from tests.sandbox.test_messages import inline, refused
from tests.sandbox.town import F, T, Town

MONTH = 2_592_000
WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"stars": 0}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
    ({"stars": 100_001}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
    ({"title": ""}, "TITLE_INVALID"),
    ({"title": "x" * 33}, "TITLE_INVALID"),
    ({"description": " "}, "INVOICE_INVALID"),
    ({"description": "x" * 256}, "INVOICE_INVALID"),
    ({"payload": b""}, "INVOICE_PAYLOAD_INVALID"),
    ({"payload": b"x" * 129}, "INVOICE_PAYLOAD_INVALID"),
    ({"provider": "token"}, "PAYMENT_PROVIDER_INVALID"),
    ({"invoice_currency": "USD"}, "PAYMENT_PROVIDER_INVALID"),
    ({"invoice_prices": []}, "STARS_INVOICE_INVALID"),
    ({"invoice_prices": [T.LabeledPrice(label="a", amount=1), T.LabeledPrice(label="b", amount=1)]}, "STARS_INVOICE_INVALID"),
    ({"invoice_name_requested": True}, "STARS_INVOICE_INVALID"),
    ({"invoice_max_tip_amount": 5, "invoice_suggested_tip_amounts": [5]}, "STARS_INVOICE_INVALID"),
    ({"period": MONTH}, "SUBSCRIPTION_EXPORT_MISSING"),
)
WRONG_LINKS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"period": MONTH, "stars": 10_001}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
    ({"period": 86_400}, "SUBSCRIPTION_PERIOD_INVALID"),
)


def buy(text: str) -> Any:
    return T.KeyboardInlineButton(text=text, type=T.InlineButtonTypeBuy())


async def test_a_wrong_invoice_is_refused_as_a_message(town: Town) -> None:
    bot, anna = await town.chatting()
    for fields, error in WRONG:
        query = F.messages.SendMedia(peer=bot.peer(anna.id), media=invoice(**fields), message="", random_id=1)
        assert await refused(bot, query) == (400, error), fields


async def test_a_wrong_invoice_is_refused_as_a_link(town: Town) -> None:
    bot = await town.bot()
    for fields, error in (*WRONG[:-1], *WRONG_LINKS):
        assert await refused(bot, F.payments.ExportInvoice(invoice_media=invoice(**fields))) == (400, error), fields
    dice = F.payments.ExportInvoice(invoice_media=T.InputMediaDice(emoticon="🎲"))
    assert await refused(bot, dice) == (400, "INVOICE_INVALID")


async def test_the_bounds_themselves_are_taken(town: Town) -> None:
    bot, anna = await town.chatting()
    for media in (invoice(1), invoice(100_000, title="x" * 32, description="y" * 255, payload=b"z" * 128, provider="")):
        assert (await send(bot, anna, media)).media.total_amount == media.invoice.prices[0].amount
    for period in (60, 300, MONTH):
        assert await linked(bot, invoice(10_000, period=period))


async def test_without_a_keyboard_telegram_makes_the_pay_button(town: Town) -> None:
    bot, anna = await town.chatting()
    sent = await send(bot, anna, invoice(start_param="vip"))
    assert (sent.media.currency, sent.media.total_amount, sent.media.start_param) == ("XTR", 50, "vip")
    assert isinstance(sent.reply_markup.rows[0].buttons[0].type, T.InlineButtonTypeBuy)
    shown = (await anna.sees())["message"]
    assert shown["keyboard"]["rows"] == [[{"text": "Pay ⭐50", "pay": True}]]
    assert await anna.does("press", bot=town.bots[0], button="Pay ⭐50") == {"pay": True}


async def test_an_own_keyboard_begins_with_the_pay_button(town: Town) -> None:
    bot, anna = await town.chatting()
    keyboard = inline([("Cancel", b"cancel")])
    query = F.messages.SendMedia(peer=bot.peer(anna.id), media=invoice(), message="", random_id=1, reply_markup=keyboard)
    assert await refused(bot, query) == (400, "REPLY_MARKUP_BUY_EMPTY")
    keyboard.rows.insert(0, T.KeyboardInlineButtonRow(buttons=[buy("Yes, 50")]))
    await bot.call(query)
    rows = (await anna.sees())["message"]["keyboard"]["rows"]
    assert rows == [[{"text": "Yes, 50", "pay": True}], [{"text": "Cancel", "data": "cancel"}]]


async def test_only_an_invoice_has_a_pay_button(town: Town) -> None:
    bot, anna = await town.chatting()
    keyboard = T.ReplyInlineMarkup(rows=[T.KeyboardInlineButtonRow(buttons=[buy("Pay")])])
    query = F.messages.SendMessage(peer=bot.peer(anna.id), message="hm", random_id=1, reply_markup=keyboard)
    assert await refused(bot, query) == (400, "BUTTON_TYPE_INVALID")


async def test_a_forwarded_copy_pays_only_without_a_start_param(town: Town) -> None:
    bot, anna = await town.chatting()
    boris = await town.person("Boris")
    await boris.says(town.bots[0], "/start")
    await bot.reads()
    sent = [await send(bot, anna, invoice(start_param="vip")), await send(bot, anna, invoice())]
    query = F.messages.ForwardMessages(
        from_peer=bot.peer(anna.id), id=[one.id for one in sent], random_id=[1, 2], to_peer=bot.peer(boris.id)
    )
    await bot.call(query)
    closed, open_ = [(await boris.sees())["message"] for _ in range(2)]
    link = {"text": "Pay ⭐50", "url": "https://t.me/sandbox_one_bot?start=vip"}
    assert (closed["keyboard"]["rows"], closed["forwarded"]) == ([[link]], True)
    assert (await pays(town, boris, closed["id"]))["outcome"] == "not_payable"
    assert await buys(town, bot, boris, open_["id"])
    query.drop_author, query.random_id = True, [3, 4]
    assert await refused(bot, query) == (400, "MESSAGE_ID_INVALID")


async def test_an_invoice_of_another_bot_and_a_service_message_are_left_alone(town: Town) -> None:
    bot, anna, number = await offered(town)
    await buys(town, bot, anna, number)
    paid = (await bot.gets(T.UpdateNewMessage)).message
    forward = F.messages.ForwardMessages(from_peer=bot.peer(anna.id), id=[paid.id], random_id=[1], to_peer=bot.peer(anna.id))
    assert await refused(bot, forward) == (400, "MESSAGE_ID_INVALID")
    edit = F.messages.EditMessage(peer=bot.peer(anna.id), id=paid.id, message="x")
    assert await refused(bot, edit) == (400, "MESSAGE_ID_INVALID")
