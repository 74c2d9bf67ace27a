"""Opens orders: the invoice in the chat with the bot, or the link of a subscription. It refuses before a charge."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace

from actors.payments.context import PaymentContext
from actors.payments.messages import CreditsView, OpenOrder, ReadVip, VipView
from domain.configuration import Configuration, Plan
from domain.errors import Unavailable
from domain.model.ids import Address, MessageId, UserId
from domain.model.outgoing import Button, Delete, Invoice, Lane, Notice, Send, Sent
from domain.payments import precheckout
from domain.payments.calls import ExportInvoice
from domain.payments.orders import MONTH, Buyer, Kind, Order
from domain.payments.payload import write_payload
from domain.payments.rules import Pack
from domain.payments.trials import words_in

NO_PARTNER = "gift-no-partner"
LINK_SECONDS = 365 * 86_400.0
"""How long the link of a subscription can be paid."""

logger = logging.getLogger(__name__)


async def look(world: PaymentContext, asked: ReadVip) -> VipView:
    """Raises `domain.errors.Unavailable`."""
    now, configuration = world.clock(), world.live.current
    state = await world.grants.state(asked.address.user)
    buyer = await world.orders.buyer(asked.address.user, now)
    links = {}
    for plan in configuration.vip.plans:
        order = OpenOrder(buyer=asked.address, kind=Kind.VIP, plan=plan.id, language=asked.language)
        if not plan.monthly or _refusal(order, plan, buyer, configuration, now):
            continue
        if link := await _link_if_any(world, order, plan):
            links[plan.id] = link
    return VipView(state=state, links=links)


async def look_at_credits(world: PaymentContext, user: UserId) -> CreditsView:
    """Raises `domain.errors.Unavailable`."""
    history = await world.credits.history(user)
    return CreditsView(balance=await world.credits.balance(user), history=tuple(history))


async def _link_if_any(world: PaymentContext, asked: OpenOrder, plan: Plan) -> str:
    """Empty where Telegram makes none now: its button asks for it again, and the other plans are shown."""
    try:
        return await _link(world, asked, plan)
    except Unavailable as error:
        logger.warning("bot%d: plan %s is shown without a link: %s", asked.buyer.bot, plan.id, error)
        return ""


async def open_order(world: PaymentContext, asked: OpenOrder) -> str:
    """The id of a text that refuses it, or empty. Raises `domain.errors.Unavailable`."""
    configuration, now = world.live.current, world.clock()
    plan = _offered(asked, configuration)
    buyer = await world.orders.buyer(asked.buyer.user, now)
    refusal = _refusal(asked, plan, buyer, configuration, now)
    if refusal or plan is None:
        return refusal or precheckout.NOT_SOLD
    if isinstance(plan, Plan) and plan.monthly:
        await _offer_link(world, asked, plan)
        return ""
    recipient = await _recipient(world, asked)
    if asked.kind is Kind.GIFT and recipient is None:
        return NO_PARTNER
    await _send_invoice(world, asked, plan, _order(asked, plan, recipient, configuration, now))
    return ""


def _offered(asked: OpenOrder, configuration: Configuration) -> Plan | Pack | None:
    offered = configuration.credits.packs if asked.kind is Kind.CREDITS else configuration.vip.plans
    return next((each for each in offered if each.id == asked.plan), None)


async def _send_invoice(world: PaymentContext, asked: OpenOrder, plan: Plan | Pack, order: Order) -> None:
    """At most one invoice of a kind stays open: older ones are deleted."""
    for outdated in await world.orders.open(order):
        await _delete(world, Address(outdated.bot, order.user), outdated.message)
    sent = await _send(world, asked.buyer, f"invoice:{order.id}", _invoice(world, asked, plan, order))
    if sent.message is not None:
        await world.orders.sent(order.id, sent.message)
    logger.info("%s --Ordered %s--> %d Stars", Address(order.bot, order.user), plan.id, order.stars)


def _refusal(asked: OpenOrder, plan: Plan | Pack | None, buyer: Buyer, configuration: Configuration, now: float) -> str:
    if not precheckout.is_sold(asked.kind, configuration):
        return precheckout.OFF
    if plan is None or (plan.monthly and asked.kind is not Kind.VIP):
        return precheckout.NOT_SOLD
    if buyer.banned_until > now:
        return precheckout.BANNED
    if buyer.minor:
        return precheckout.MINOR
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


def _order(asked: OpenOrder, plan: Plan | Pack, recipient: Address | None, configuration: Configuration, now: float) -> Order:
    return Order(
        id=secrets.token_hex(8),
        bot=asked.buyer.bot,
        user=asked.buyer.user,
        kind=asked.kind,
        plan=plan.id,
        quantity=plan.quantity,
        stars=plan.stars,
        period=MONTH if plan.monthly else 0,
        recipient=recipient,
        created=now,
        expires=now + configuration.vip.order_minutes * 60,
    )


def _invoice(world: PaymentContext, asked: OpenOrder, plan: Plan | Pack, order: Order) -> Invoice:
    sold = "credits" if order.kind is Kind.CREDITS else "vip"
    return Invoice(
        words=f"invoice-{sold}",
        quantity=plan.quantity,
        title=words_in(plan.title, asked.language),
        description=words_in(plan.description, asked.language),
        language=asked.language,
        stars=order.stars,
        payload=write_payload(order, world.secret),
        start_parameter="" if order.period else sold,
        period=order.period,
    )


async def _link(world: PaymentContext, asked: OpenOrder, plan: Plan) -> str:
    """The link of a subscription: one a person and plan. Its order can be paid for as long as the link is offered."""
    now = world.clock()
    known = await world.orders.subscription_link(asked.buyer.user, asked.buyer.bot, plan, now)
    if known:
        return known
    order = replace(_order(asked, plan, None, world.live.current, now), expires=now + LINK_SECONDS)
    link = str(await world.call(order.bot, ExportInvoice(invoice=_invoice(world, asked, plan, order))))
    await world.orders.open(order, link)
    return link


async def _offer_link(world: PaymentContext, asked: OpenOrder, plan: Plan) -> None:
    link = await _link(world, asked, plan)
    button = Button(label="vip-plan-monthly", url=link, arguments={"days": plan.days, "stars": plan.stars})
    notice = Notice(text="subscribe-offer", language=asked.language, buttons=((button,),))
    await _send(world, asked.buyer, f"link:{secrets.token_hex(8)}", notice)


async def _send(world: PaymentContext, to: Address, key: str, body: Notice | Invoice) -> Sent:
    sent = await world.send(to.bot, Send(to=to.user, key=key, body=body, lane=Lane.ANSWER))
    if not isinstance(sent, Sent):
        raise Unavailable(f"Telegram did not take an offer: {sent.detail or sent.why}")
    return sent


async def _delete(world: PaymentContext, at: Address, message: MessageId) -> None:
    """An old invoice that cannot be deleted is refused at pre-checkout all the same."""
    try:
        await world.send(at.bot, Delete(to=at.user, message=message, lane=Lane.ANSWER))
    except Unavailable as error:
        logger.info("an old invoice stays where it is: %s", error)
