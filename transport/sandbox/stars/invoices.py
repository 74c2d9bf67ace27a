"""The invoices that can be paid: those of links, which are stored here, and those of messages."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace

import msgspec

from transport.sandbox.stars.model import Invoice, invoice_of
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Bot, Message, User
from transport.sandbox.world.store import Store

LINK = re.compile(r"(?:https?://)?t\.me/(?:\$|invoice/)([\w-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Offer:
    """An invoice as one person sees it. `message` is None for a link."""

    invoice: Invoice
    message: Message | None = None

    def problem(self) -> str:
        """Why it cannot be paid; empty if it can."""
        message = self.message
        if message is None or message.media is None:
            return ""
        if message.media["paid"]:
            return "this invoice was paid"
        if message.forward is not None and self.invoice.start_param is not None:
            return "this is a forwarded copy, which shows a link to the bot"
        return "this message was deleted" if message.deleted else ""


class Invoices:
    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._store = store
        self._mailbox = mailbox
        self._links: dict[str, Invoice] = {}
        for slug, body in store.query("SELECT slug, body FROM invoices"):
            self._links[slug] = msgspec.json.decode(body, type=Invoice)

    def export(self, invoice: Invoice) -> str:
        """The link that anybody may pay, any number of times."""
        slug = secrets.token_urlsafe(16)
        known = self._links[slug] = replace(invoice, slug=slug)
        self._store.put("invoices", (slug, msgspec.json.encode(known)))
        return f"https://t.me/${slug}"

    def by_link(self, link: str) -> Offer | None:
        found = LINK.fullmatch(link)
        invoice = self._links.get(found[1]) if found else None
        return None if invoice is None else Offer(invoice)

    def by_message(self, user: User, bot: Bot, number: int) -> Offer | None:
        """The invoice in the message with this number on the phone."""
        message = self._mailbox.on_phone(user.id, number)
        if message is None or message.bot != bot.id or message.media is None or message.media["kind"] != "invoice":
            return None
        return Offer(invoice_of(bot.id, message.media), message)
