"""Service messages of payments and refunds, as the bot gets them and as the phone shows them."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import Json, Message

types = raw.types
SHOWN = ("kind", "stars", "title", "charge_id", "recurring", "until")


def service_message(message: Message, service: Json) -> TL:
    reply = types.MessageReplyHeader(reply_to_msg_id=message.reply_to) if message.reply_to else None
    return types.MessageService(
        id=message.id,
        peer_id=types.PeerUser(user_id=message.user),
        date=message.date,
        out=message.from_bot or None,
        reply_to=reply,
        action=_paid(service) if service["kind"] == "paid" else _refunded(message, service),
    )


def as_shown(service: Json) -> Json:
    """What the phone may see: not the payload."""
    return {name: service[name] for name in SHOWN if service.get(name)}


def _paid(service: Json) -> TL:
    return types.MessageActionPaymentSentMe(
        currency="XTR",
        total_amount=service["stars"],
        payload=bytes.fromhex(service["payload"]),
        charge=_charge(service),
        recurring_init=service["recurring"] == "first" or None,
        recurring_used=service["recurring"] == "renewal" or None,
        subscription_until_date=service["until"] or None,
    )


def _refunded(message: Message, service: Json) -> TL:
    return types.MessageActionPaymentRefunded(
        peer=types.PeerUser(user_id=message.bot),
        currency="XTR",
        total_amount=service["stars"],
        charge=_charge(service),
        payload=bytes.fromhex(service["payload"]),
    )


def _charge(service: Json) -> TL:
    return types.PaymentCharge(id=service["charge_id"], provider_charge_id=service["provider_charge"])
