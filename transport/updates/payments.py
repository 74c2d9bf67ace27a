"""Translates what Telegram tells a bot about payments into `domain/payments/updates.py`. Pure."""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from domain.model.ids import BotId, Pts, UserId
from domain.payments.orders import XTR
from domain.payments.updates import (
    NANO,
    Charge,
    PaymentReceived,
    PrecheckoutAsked,
    Refund,
    RefundReceived,
    SubscriptionChange,
    SubscriptionChanged,
)


def read_precheckout(update: Any, date: int) -> PrecheckoutAsked:
    """`updateBotPrecheckoutQuery`: in no difference, without a number or a date. `date`: of what it came in."""
    return PrecheckoutAsked(
        user=UserId(update.user_id),
        query=update.query_id,
        payload=update.payload,
        currency=update.currency,
        amount=update.total_amount,
        at=float(date),
    )


def read_payment(message: Any, pts: Pts, bot: BotId) -> PaymentReceived | RefundReceived | None:
    """A service message about a payment in Stars, in either direction; None for any other. Other currencies are not sold in."""
    action = message.action
    if getattr(action, "currency", None) != XTR or not isinstance(message.peer_id, raw.types.PeerUser):
        return None
    if isinstance(action, raw.types.MessageActionPaymentSentMe):
        user = UserId(message.peer_id.user_id)
        return PaymentReceived(user=user, pts=pts, charge=_charge(action, user, bot, message.date))
    if isinstance(action, raw.types.MessageActionPaymentRefunded):
        user = UserId(message.peer_id.user_id)
        refund = Refund(
            bot=bot,
            charge=action.charge.id,
            user=user,
            amount=action.total_amount * NANO,
            payload=action.payload or b"",
            at=float(message.date),
        )
        return RefundReceived(user=user, pts=pts, refund=refund)
    return None


def _charge(action: Any, user: UserId, bot: BotId, date: int) -> Charge:
    return Charge(
        bot=bot,
        id=action.charge.id,
        user=user,
        currency=action.currency,
        amount=action.total_amount * NANO,
        payload=action.payload,
        provider_id=action.charge.provider_charge_id,
        at=float(date),
        recurring=bool(action.recurring_used),
        subscribed_until=float(action.subscription_until_date or 0),
    )


def read_subscription(update: Any) -> SubscriptionChanged | None:
    """`updateBotStarsSubscription`. None for a change that only a newer release knows."""
    if update.canceled:
        change = SubscriptionChange.CANCELLED
    elif update.payment_failed:
        change = SubscriptionChange.FAILED
    elif update.restored:
        change = SubscriptionChange.RESTORED
    else:
        return None
    return SubscriptionChanged(user=UserId(update.user_id), qts=update.qts, payload=update.payload, change=change)
