"""Reads InputMediaInvoice as Telegram does for Stars. Raises RpcError."""

from __future__ import annotations

from pyrogram import raw

from transport.sandbox.content import entities
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call
from transport.sandbox.stars.model import Invoice
from transport.sandbox.world.model import Media, RpcError

types = raw.types
MAX_TITLE, MAX_DESCRIPTION = 32, 255
"""UTF-16 units."""
MAX_PAYLOAD = 128
MAX_STARS, MAX_SUBSCRIPTION_STARS = 100_000, 10_000
PERIODS = (60, 300, 2_592_000)
"""Seconds. Telegram takes 30 days only, and its test data centre the two shorter ones only."""
EXTRAS = (
    "name_requested",
    "phone_requested",
    "email_requested",
    "shipping_address_requested",
    "flexible",
    "phone_to_provider",
    "email_to_provider",
    "recurring",
    "max_tip_amount",
    "suggested_tip_amounts",
    "terms_url",
)
"""Fields of an invoice in money, which one in Stars must not have."""


def read_invoice(call: Call, media: TL) -> Invoice:
    """The invoice of a link."""
    if not isinstance(media, types.InputMediaInvoice):
        raise RpcError(400, "INVOICE_INVALID")
    if media.invoice.currency != "XTR" or media.provider:
        raise RpcError(400, "PAYMENT_PROVIDER_INVALID")
    _check_texts(media)
    return Invoice(
        bot=call.bot.id,
        title=media.title,
        description=media.description,
        stars=_price(media.invoice),
        payload=media.payload,
        start_param=media.start_param or None,
        period=_period(media.invoice),
    )


def read_invoice_message(call: Call, media: TL) -> Media:
    """The invoice of a message: it cannot be one of a subscription."""
    if media.invoice.subscription_period:
        raise RpcError(400, "SUBSCRIPTION_EXPORT_MISSING")
    return read_invoice(call, media).as_media()


def _check_texts(media: TL) -> None:
    if not media.title.strip() or entities.utf16_length(media.title) > MAX_TITLE:
        raise RpcError(400, "TITLE_INVALID")
    if not media.description.strip() or entities.utf16_length(media.description) > MAX_DESCRIPTION:
        raise RpcError(400, "INVOICE_INVALID")
    if not 1 <= len(media.payload) <= MAX_PAYLOAD:
        raise RpcError(400, "INVOICE_PAYLOAD_INVALID")
    if media.photo is not None:
        raise RpcError(400, "WEBPAGE_CURL_FAILED")
    if media.extended_media is not None:
        raise RpcError(400, "MEDIA_INVALID")


def _price(invoice: TL) -> int:
    if len(invoice.prices) != 1 or any(getattr(invoice, name) for name in EXTRAS):
        raise RpcError(400, "STARS_INVOICE_INVALID")
    stars: int = invoice.prices[0].amount
    if not 1 <= stars <= (MAX_SUBSCRIPTION_STARS if invoice.subscription_period else MAX_STARS):
        raise RpcError(400, "CURRENCY_TOTAL_AMOUNT_INVALID")
    return stars


def _period(invoice: TL) -> int:
    period: int = invoice.subscription_period or 0
    if period and period not in PERIODS:
        raise RpcError(400, "SUBSCRIPTION_PERIOD_INVALID")
    return period
