"""Moves Stars between a person and a bot: payments and their refunds, each with its rows and its notice."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from transport.sandbox.faults import Faults, Kind
from transport.sandbox.stars.ledger import Ledger, new_id
from transport.sandbox.stars.model import NANO, Invoice, Peer, Recurring, Transaction
from transport.sandbox.stars.notices import Notices
from transport.sandbox.world.model import Bot, Json, Message
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
    def __init__(self, *, world: World, ledger: Ledger, notices: Notices, faults: Faults) -> None:
        self._world = world
        self._ledger = ledger
        self._notices = notices
        self._faults = faults

    def can_pay(self, user: int, stars: int) -> bool:
        return self._ledger.balance(user) >= stars * NANO

    def take(self, sale: Sale) -> str:
        """Charge the person. Returns the charge's own id."""
        charge, bot, user, invoice = new_id(), self._world.bots[sale.invoice.bot], self._world.users[sale.user], sale.invoice
        common: Json = {
            "title": invoice.title,
            "payload": invoice.payload,
            "provider_charge": f"{user.id}_{secrets.randbelow(10**9)}",
            "message": sale.message.id if sale.message else 0,
            "period": invoice.period,
            "subscription": sale.subscription,
        }
        nanos = invoice.stars * NANO
        share = _share(bot, nanos)
        self._ledger.add(user.id, charge, -nanos, Peer.BOT, who=bot.id, **common)
        row = self._ledger.add(bot.id, charge, nanos - share.get("share", 0), Peer.PERSON, who=user.id, **common, **share)
        service = _service("paid", invoice.stars, row)
        service |= {"recurring": sale.recurring.value, "until": sale.until, "slug": invoice.slug}
        announced = not self._faults.take_of_stars(Kind.UNANNOUNCED, bot.id)
        self._notices.paid(bot, user, service, sale.message, announced=announced)
        return charge

    def refund(self, charge: Transaction) -> Message | None:
        """Give all of it back. Returns the notice, which the caller numbers; None if there is none (fault `unannounced`)."""
        bot, user = self._world.bots[charge.owner], self._world.users[charge.who]
        stars = (charge.nanos + charge.share) // NANO
        common: Json = {"refund": True, "title": charge.title, "payload": charge.payload}
        self._ledger.add(user.id, charge.id, stars * NANO, Peer.BOT, who=bot.id, **common)
        self._ledger.add(bot.id, charge.id, -charge.nanos, Peer.PERSON, who=user.id, **common)
        if self._faults.take_of_stars(Kind.UNANNOUNCED, bot.id):
            return None
        incoming = self._faults.take_of_stars(Kind.REFUND_INCOMING, bot.id) is not None
        return self._notices.refunded(bot, user, _service("refunded", stars, charge), incoming=incoming)


def _service(kind: str, stars: int, charge: Transaction) -> Json:
    return {
        "kind": kind,
        "stars": stars,
        "title": charge.title,
        "payload": charge.payload.hex(),
        "charge_id": charge.id,
        "provider_charge": charge.provider_charge,
    }


def _share(bot: Bot, nanos: int) -> Json:
    """What an affiliate gets of a sale, if the bot has one."""
    affiliate = bot.settings.get("affiliate")
    if not affiliate or not affiliate["permille"]:
        return {}
    permille = affiliate["permille"]
    return {"affiliate": affiliate["user"], "permille": permille, "share": nanos * permille // 1000}
