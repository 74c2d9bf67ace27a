"""Moves Stars between a person and a bot: payments and their refunds, each with its rows and its notice."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from transport.sandbox.stars.ledger import Ledger, new_id
from transport.sandbox.stars.model import NANO, Invoice, Peer, Recurring, Transaction
from transport.sandbox.stars.notices import Notices
from transport.sandbox.world.model import Json, Message
from transport.sandbox.world.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    user: int
    invoice: Invoice
    message: Message | None = None
    recurring: Recurring = Recurring.NO
    until: int = 0
    """End of the period that is paid, in Unix seconds."""
    subscription: str = ""


class Charges:
    def __init__(self, world: World, ledger: Ledger, notices: Notices) -> None:
        self._world = world
        self._ledger = ledger
        self._notices = notices

    def can_pay(self, user: int, stars: int) -> bool:
        return self._ledger.balance(user) >= stars * NANO

    def take(self, sale: Sale, charge: str) -> None:
        """Charge the person. Each charge has an id of its own (`charge`)."""
        bot, user, invoice = self._world.bots[sale.invoice.bot], self._world.users[sale.user], sale.invoice
        provider = f"{user.id}_{secrets.randbelow(10**9)}"
        common: Json = {
            "title": invoice.title,
            "payload": invoice.payload,
            "provider_charge": provider,
            "message": sale.message.id if sale.message else 0,
            "period": invoice.period,
            "subscription": sale.subscription,
        }
        nanos = invoice.stars * NANO
        self._ledger.add(user.id, charge, -nanos, Peer.BOT, who=bot.id, **common)
        self._ledger.add(bot.id, charge, nanos, Peer.PERSON, who=user.id, **common)
        service = _service("paid", invoice.stars, invoice.payload, charge, provider, title=invoice.title)
        service |= {"recurring": sale.recurring.value, "until": sale.until, "slug": invoice.slug}
        self._notices.paid(bot, user, service, sale.message)

    def new_id(self) -> str:
        return new_id()

    def refund(self, charge: Transaction, *, incoming: bool = False) -> Message:
        """Give all of it back. Returns the notice, which the caller numbers."""
        bot, user = self._world.bots[charge.owner], self._world.users[charge.who]
        paid = self._ledger.find(user.id, charge.id)
        stars = abs(paid.nanos if paid else charge.nanos) // NANO
        self._ledger.add(user.id, charge.id, stars * NANO, Peer.BOT, refund=True, who=bot.id, title=charge.title)
        self._ledger.add(
            bot.id, charge.id, -charge.nanos, Peer.PERSON, refund=True, who=user.id, title=charge.title, payload=charge.payload
        )
        service = _service("refunded", stars, charge.payload, charge.id, charge.provider_charge, title=charge.title)
        return self._notices.refunded(bot, user, service, incoming=incoming)


def _service(kind: str, stars: int, payload: bytes, charge: str, provider: str, **rest: Any) -> Json:
    return {"kind": kind, "stars": stars, "payload": payload.hex(), "charge_id": charge, "provider_charge": provider, **rest}
