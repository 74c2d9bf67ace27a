"""Whether Telegram takes the invoices of plans and packs that are not saved yet. One bot that this worker serves makes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from actors.bot.directory import Directory, ServedBot
from actors.messages import CallStars
from actors.runtime.asking import answer_of
from control.child import Child
from domain.configuration import Plan
from domain.errors import Unavailable
from domain.model.outgoing import Invoice
from domain.payments.calls import ExportInvoice
from domain.payments.rules import Pack
from domain.payments.trials import InvoiceSight, trials
from transport.texts.catalogue import Texts

INVOICE_SECONDS = 5.0
KINDS: Mapping[str, type[Any]] = {"vip.plans": list[Plan], "credits.packs": list[Pack]}
"""Setting → what its value is."""


def register(child: Child, directory: Directory, texts: Texts) -> None:
    child.answer("see_invoices", partial(_see, directory, texts))


async def _see(directory: Directory, texts: Texts, request: Mapping[str, Any]) -> Sequence[InvoiceSight]:
    """Empty where this worker serves no bot."""
    offers = msgspec.convert(request["offers"], KINDS[str(request["setting"])])
    served = ((directory.names.get(bot), directory.post(bot)) for bot in directory.bots)
    found = next(((name, post) for name, post in served if name and post and not post.closing), None)
    if found is None:
        return []
    name, post = found
    return [await _seen(f"@{name}", post, texts, offer, invoice) for offer, invoice in trials(offers)]


async def _seen(bot: str, post: ServedBot, texts: Texts, offer: str, invoice: Invoice) -> InvoiceSight:
    problem = ""
    try:
        await answer_of(post.transport.ask(CallStars(call=ExportInvoice(invoice=invoice)), timeout=INVOICE_SECONDS), "Telegram")
    except Unavailable as error:
        problem = str(error)
    arguments = {"quantity": invoice.quantity}
    return InvoiceSight(
        offer=offer,
        language=invoice.language,
        title=invoice.title or texts.render(f"{invoice.words}-title", arguments, invoice.language),
        description=invoice.description or texts.render(f"{invoice.words}-description", arguments, invoice.language),
        stars=invoice.stars,
        bot=bot,
        problem=problem,
    )
