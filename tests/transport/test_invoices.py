"""Invoices in Stars keep Telegram's bounds, whatever is sold."""

from __future__ import annotations

import pytest

from domain.model.outgoing import Invoice
from transport.payments.invoices import input_invoice
from transport.texts.catalogue import Texts

TEXTS = Texts(strict=True)


@pytest.mark.parametrize("quantity", [1, 7, 100_000])
@pytest.mark.parametrize(("words", "named"), [("invoice-vip", "VIP"), ("invoice-credits", "credit")])
def test_the_words_of_the_catalogue_name_what_is_sold_and_fit(words: str, named: str, quantity: int):
    media = input_invoice(Invoice(words=words, quantity=quantity, stars=50, payload=b"x", start_parameter="any"), TEXTS)
    assert named in media.title
    assert quantity == 1 or str(quantity) in media.title.replace(",", "").replace("\u202f", "")
    assert (1 <= len(media.title) <= 32, 1 <= len(media.description) <= 255) == (True, True)
    assert (media.invoice.currency, [price.amount for price in media.invoice.prices]) == ("XTR", [50])


def test_words_of_the_configuration_stand_in_their_place():
    invoice = Invoice(words="invoice-credits", quantity=5, title="A bag", description="Of gold", stars=50, payload=b"x")
    media = input_invoice(invoice, TEXTS)
    assert (media.title, media.description) == ("A bag", "Of gold")
