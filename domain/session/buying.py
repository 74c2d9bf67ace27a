"""What the features of the shop share: an order is placed, or refused with words. Minors buy nothing."""

from __future__ import annotations

from domain.model.inbound import ButtonPressed
from domain.payments import precheckout
from domain.payments.orders import Kind
from domain.session.context import Context, Step
from domain.session.effects import PlaceOrder
from domain.session.replies import toast


def place(context: Context, pressed: ButtonPressed, order: PlaceOrder) -> Step:
    refusal = refused(context, order.kind)
    if refusal:
        return context.session, [toast(context.session, pressed, refusal)]
    return context.session, [toast(context.session, pressed), order]


def refused(context: Context, kind: Kind) -> str:
    """Why nothing of the kind is sold to this user; empty where it is."""
    if not precheckout.is_sold(kind, context.configuration):
        return precheckout.OFF
    return precheckout.MINOR if is_minor(context) else ""


def is_minor(context: Context) -> bool:
    return context.session.profile is not None and context.session.profile.minor
