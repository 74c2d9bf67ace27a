"""Invoices in Stars as Telegram takes them. Pure.

Such an invoice has the currency XTR, exactly one price, and no provider (core.telegram.org/bots/payments-stars).
"""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from domain.model.outgoing import Invoice
from domain.payments.orders import XTR
from transport.texts.catalogue import Texts


def input_invoice(invoice: Invoice, texts: Texts) -> Any:
    arguments = {"quantity": invoice.quantity}
    title = invoice.title or texts.render(f"{invoice.words}-title", arguments, invoice.language)
    return raw.types.InputMediaInvoice(
        title=title,
        description=invoice.description or texts.render(f"{invoice.words}-description", arguments, invoice.language),
        invoice=raw.types.Invoice(
            currency=XTR,
            prices=[raw.types.LabeledPrice(label=title, amount=invoice.stars)],
            subscription_period=invoice.period or None,
        ),
        payload=invoice.payload,
        provider_data=raw.types.DataJSON(data="null"),
        start_param=invoice.start_parameter or None,
    )
