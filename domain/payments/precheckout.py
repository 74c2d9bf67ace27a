"""Whether a payment may go on, in the order of docs/payments.md. It decides from records or memory only, never from Redis.

A refusal costs the buyer nothing. So any doubt is a refusal with words.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.configuration import Configuration
from domain.model.profile import DAY
from domain.payments.orders import AGAIN_AFTER, XTR, Buyer, Held, Kind, Order, OrderState
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
MINOR = "pay-minor"
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
    subscription: Held | None = None
    """The one that this order has begun."""
    configuration: Configuration
    now: float

    @property
    def asked_at(self) -> float:
        """By the clock of Telegram, by which it renews too. It may be ahead of ours."""
        return max(self.asked.at, self.now)


RENEWS_EARLY = DAY
"""Seconds before the end of what is paid, from when on a payment is taken for the renewal."""


def refusal(case: Case) -> str:
    """A text id; empty where nothing speaks against the payment."""
    asked, claim, order, now = case.asked, case.claim, case.order, case.now
    if claim is None or order is None:
        return UNKNOWN
    if order.user != asked.user or claim.user != asked.user:
        return OTHERS
    if asked.currency != XTR or asked.amount != order.stars:
        return PRICE
    renewal = _is_renewal(case, order)
    return (
        _of_order(case, order, renewal=renewal)
        or _of_shop(order, case.configuration, renewal=renewal)
        or _of_buyer(order, case.buyer, now, renewal=renewal)
    )


def _is_renewal(case: Case, order: Order) -> bool:
    """Telegram does not say whether a query is of a renewal, or of somebody who opened the link once more."""
    if not order.period or order.state is not OrderState.PAID:
        return False
    held = case.subscription
    return held is None or held.failed or case.asked_at >= held.until - RENEWS_EARLY


def _of_order(case: Case, order: Order, *, renewal: bool) -> str:
    now, held = case.now, case.subscription
    if order.state is OrderState.PAID and not order.period:
        return PAID
    if held is not None and held.cancelled_by_us:
        return EXPIRED
    if order.state is OrderState.CLOSED or (now >= order.expires and not renewal):
        return EXPIRED
    return TWICE if 0 <= case.asked_at - order.approved < AGAIN_AFTER else ""


def _of_shop(order: Order, configuration: Configuration, *, renewal: bool) -> str:
    """An invoice keeps its price for as long as it is good. A link is good for long, so it must have the price of today."""
    if not is_sold(order.kind, configuration):
        return OFF
    if order.kind is Kind.CREDITS:
        return "" if any(pack.id == order.plan for pack in configuration.credits.packs) else NOT_SOLD
    plan = next((plan for plan in configuration.vip.plans if plan.id == order.plan), None)
    if plan is None or (order.period and not plan.monthly):
        return NOT_SOLD
    outdated = order.period and not renewal and (plan.stars, plan.days) != (order.stars, order.quantity)
    return PRICE if outdated else ""


def is_sold(kind: Kind, configuration: Configuration) -> bool:
    """Whether anything of the kind is sold now."""
    return configuration.features.stars_payments and (kind is Kind.CREDITS or configuration.features.vip)


def _of_buyer(order: Order, buyer: Buyer, now: float, *, renewal: bool) -> str:
    """A renewal is accepted in a chat: nobody pressed anything. A gift may be paid in the chat that it is for. Minors buy
    nothing, and renew nothing.
    """
    if buyer.banned_until > now:
        return BANNED
    if buyer.minor:
        return MINOR
    if not buyer.terms_accepted:
        return TERMS
    if buyer.chatting and order.kind is Kind.VIP and not renewal:
        return IN_CHAT
    return SUBSCRIBED if order.period and buyer.subscribed and not renewal else ""
