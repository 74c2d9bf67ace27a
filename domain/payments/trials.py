"""Invoices that are made to see whether Telegram takes them. Nobody gets them, and a payment of one would be refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.configuration import Plan
from domain.model.outgoing import Invoice
from domain.payments.orders import MONTH
from domain.payments.rules import Pack

PAYLOAD = b"trial"
"""It is no order's, so whoever should come by such an invoice cannot pay it."""
DEFAULT = "en"
MOST = 50
"""Invoices of one test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSight:
    """What came of one invoice."""

    offer: str
    """Id of the plan or pack."""
    language: str
    title: str
    description: str
    stars: int
    bot: str
    """@username."""
    problem: str = ""
    """Why Telegram does not take it; empty where it does."""


def words_in(by_language: Mapping[str, str], language: str) -> str:
    """Empty: the words of the catalogue."""
    return by_language.get(language) or by_language.get(language.partition("-")[0]) or by_language.get(DEFAULT, "")


def trials(offers: Sequence[Plan | Pack]) -> Iterator[tuple[str, Invoice]]:
    """(id of the offer, invoice) for each language that it has words in, and for the default one; `MOST` at most."""
    every = ((offer, language) for offer in offers for language in sorted({DEFAULT, *offer.title, *offer.description}))
    for (offer, language), _ in zip(every, range(MOST), strict=False):
        sold = "vip" if isinstance(offer, Plan) else "credits"
        yield (
            offer.id,
            Invoice(
                words=f"invoice-{sold}",
                quantity=offer.quantity,
                title=words_in(offer.title, language),
                description=words_in(offer.description, language),
                language=language,
                stars=offer.stars,
                payload=PAYLOAD,
                period=MONTH if offer.monthly else 0,
            ),
        )
