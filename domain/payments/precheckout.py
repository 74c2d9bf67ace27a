"""Whether a payment may go on, in the order of docs/payments.md. It decides from records or memory only, never from Redis.

A refusal costs the buyer nothing. So any doubt is a refusal with words.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.configuration import Configuration
from domain.payments.orders import AGAIN_AFTER, XTR, Buyer, Kind, Order, OrderState
from domain.payments.payload import Claim
from domain.payments.updates import PrecheckoutAsked

UNKNOWN = "pay-unknown"
OTHERS = "pay-others"
PRICE = "pay-price"
PAID = "pay-paid"
EXPIRED = "pay-expired"
TWICE = "pay-twice"
NOT_SOLD = "pay-not-sold"
OFF = "pay-off"
BANNED = "pay-banned"
TERMS = "pay-terms"
IN_CHAT = "pay-in-chat"
SUBSCRIBED = "pay-subscribed"
DOUBT = "pay-doubt"
"""Text ids of refusals, which the buyer reads in a popup."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All that the decision may look at."""

    asked: PrecheckoutAsked
    claim: Claim | None
    order: Order | None
    buyer: Buyer
    configuration: Configuration
    now: float


def refusal(case: Case) -> str:
    """A text id; empty where nothing speaks against the payment."""
    asked, claim, order, now = case.asked, case.claim, case.order, case.now
    if claim is None or order is None:
        return UNKNOWN
    if order.user != asked.user or claim.user != asked.user:
        return OTHERS
    if asked.currency != XTR or asked.amount != order.stars:
        return PRICE
    return _of_order(order, now) or _of_shop(order, case.configuration) or _of_buyer(order, case.buyer, now)


def _of_order(order: Order, now: float) -> str:
    renewal = bool(order.period) and order.state is OrderState.PAID
    if order.state is OrderState.PAID and not order.period:
        return PAID
    if order.state is OrderState.CLOSED or (now >= order.expires and not renewal):
        return EXPIRED
    return TWICE if 0 <= now - order.approved < AGAIN_AFTER else ""


def _of_shop(order: Order, configuration: Configuration) -> str:
    if not (configuration.features.stars_payments and configuration.features.vip):
        return OFF
    return "" if any(plan.id == order.plan for plan in configuration.vip.plans) else NOT_SOLD


def _of_buyer(order: Order, buyer: Buyer, now: float) -> str:
    """A renewal is accepted in a chat: nobody pressed anything. A gift may be paid in the chat that it is for."""
    renewal = bool(order.period) and order.state is OrderState.PAID
    if buyer.banned_until > now:
        return BANNED
    if not buyer.terms_accepted:
        return TERMS
    if buyer.chatting and order.kind is Kind.VIP and not renewal:
        return IN_CHAT
    return SUBSCRIBED if order.period and buyer.subscribed and not renewal else ""
