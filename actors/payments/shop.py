"""Opens orders: the invoice in the chat with the bot, or the link of a subscription. It refuses before a charge."""

from __future__ import annotations

import logging
import secrets

from actors.payments.context import PaymentContext
from actors.payments.messages import OpenOrder
from domain.configuration import Configuration, Plan
from domain.errors import Unavailable
from domain.model.ids import Address, MessageId
from domain.model.outgoing import Button, Delete, Invoice, Lane, Notice, Send, Sent
from domain.payments import precheckout
from domain.payments.calls import ExportInvoice
from domain.payments.orders import MONTH, Buyer, Kind, Order
from domain.payments.payload import write_payload

NO_PARTNER = "gift-no-partner"

logger = logging.getLogger(__name__)


async def open_order(world: PaymentContext, asked: OpenOrder) -> str:
    """The id of a text that refuses it, or empty. Raises `domain.errors.Unavailable`."""
    configuration, now = world.live.current, world.clock()
    plan = next((each for each in configuration.vip.plans if each.id == asked.plan), None)
    buyer = await world.orders.buyer(asked.buyer.user, now)
    refusal = _refusal(asked, plan, buyer, configuration, now)
    if refusal or plan is None:
        return refusal or precheckout.NOT_SOLD
    recipient = await _recipient(world, asked)
    if asked.kind is Kind.GIFT and recipient is None:
        return NO_PARTNER
    order = _order(asked, plan, recipient, configuration, now)
    outdated = await world.orders.open(order)
    for invoice in outdated:
        await _delete(world, Address(invoice.bot, asked.buyer.user), invoice.message)
    await _offer(world, asked, plan, order)
    logger.info("bot%d user %d --Ordered %s--> %d Stars", order.bot, order.user, plan.id, order.stars)
    return ""


def _refusal(asked: OpenOrder, plan: Plan | None, buyer: Buyer, configuration: Configuration, now: float) -> str:
    if not (configuration.features.stars_payments and configuration.features.vip):
        return precheckout.OFF
    if plan is None or (plan.monthly and asked.kind is not Kind.VIP):
        return precheckout.NOT_SOLD
    if buyer.banned_until > now:
        return precheckout.BANNED
    if not buyer.terms_accepted:
        return precheckout.TERMS
    if buyer.chatting and asked.kind is Kind.VIP:
        return precheckout.IN_CHAT
    return precheckout.SUBSCRIBED if plan.monthly and buyer.subscribed else ""


async def _recipient(world: PaymentContext, asked: OpenOrder) -> Address | None:
    """The partner in that chat, if the buyer was one of its two."""
    if asked.kind is not Kind.GIFT or asked.chat is None:
        return None
    chat = await world.chats.find(asked.chat)
    if chat is None or asked.buyer not in {chat.first, chat.second}:
        return None
    return chat.partner_of(asked.buyer.user)


def _order(asked: OpenOrder, plan: Plan, recipient: Address | None, configuration: Configuration, now: float) -> Order:
    return Order(
        id=secrets.token_hex(8),
        bot=asked.buyer.bot,
        user=asked.buyer.user,
        kind=asked.kind,
        plan=plan.id,
        days=plan.days,
        stars=plan.stars,
        period=MONTH if plan.monthly else 0,
        recipient=recipient,
        created=now,
        expires=now + configuration.vip.order_minutes * 60,
    )


async def _offer(world: PaymentContext, asked: OpenOrder, plan: Plan, order: Order) -> None:
    invoice = Invoice(
        title=_words(plan.title, asked.language),
        description=_words(plan.description, asked.language),
        stars=order.stars,
        payload=write_payload(order, world.secret),
        start_parameter="vip",
        period=order.period,
        days=plan.days,
        language=asked.language,
    )
    if order.period:
        url = str(await world.call(order.bot, ExportInvoice(invoice=invoice)))
        button = Button(label="subscribe", url=url, arguments={"stars": order.stars})
        body: Notice | Invoice = Notice(text="subscribe-offer", language=asked.language, buttons=((button,),))
    else:
        body = invoice
    sent = await world.send(order.bot, Send(to=order.user, key=f"invoice:{order.id}", body=body, lane=Lane.ANSWER))
    if not isinstance(sent, Sent):
        raise Unavailable(f"Telegram did not take the invoice: {sent.detail or sent.why}")
    if sent.message is not None:
        await world.orders.sent(order.id, sent.message)


def _words(by_language: dict[str, str], language: str) -> str:
    """Empty: the words of the catalogue."""
    return by_language.get(language) or by_language.get(language.partition("-")[0]) or by_language.get("en", "")


async def _delete(world: PaymentContext, at: Address, message: MessageId) -> None:
    """An old invoice that cannot be deleted is refused at pre-checkout all the same."""
    try:
        await world.send(at.bot, Delete(to=at.user, message=message, lane=Lane.ANSWER))
    except Unavailable as error:
        logger.info("an old invoice stays where it is: %s", error)
