"""Values of Stars: invoices, transactions and subscriptions. Amounts are whole numbers of nano-Stars (10⁻⁹ Star)."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from enum import StrEnum

from transport.sandbox.world.model import Media

NANO = 1_000_000_000
FIRST_BALANCE = 10_000 * NANO
"""What a new phone has."""


class Peer(StrEnum):
    """The other side of a transaction."""

    PERSON = "person"
    BOT = "bot"
    STORE = "store"
    """Where a person buys Stars."""
    FRAGMENT = "fragment"
    """Where a bot's owner withdraws them."""
    API = "api"
    ADS = "ads"
    UNSUPPORTED = "unsupported"


class Recurring(StrEnum):
    NO = ""
    FIRST = "first"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    bot: int
    title: str
    description: str
    stars: int
    payload: bytes
    start_param: str | None = None
    """If it is set, the invoice message is paid once only, and forwarded copies show a link to the bot."""
    period: int = 0
    """Seconds of a subscription; 0: paid once."""
    slug: str = ""
    """Of the link; empty for an invoice message."""

    def as_media(self) -> Media:
        return {
            "kind": "invoice",
            "title": self.title,
            "description": self.description,
            "stars": self.stars,
            "paid": False,
            "payload": base64.b64encode(self.payload).decode(),
            "start_param": self.start_param,
        }


def invoice_of(bot: int, media: Media) -> Invoice:
    """The invoice of an invoice message."""
    return Invoice(
        bot=bot,
        title=media["title"],
        description=media["description"],
        stars=media["stars"],
        payload=base64.b64decode(media["payload"]),
        start_param=media["start_param"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    owner: int
    """The bot or person in whose list it is."""
    number: int
    """Place in the list, from 1."""
    id: str
    nanos: int
    """Positive: the owner got them."""
    date: int
    peer: Peer
    who: int = 0
    """The person or bot, where the peer is one."""
    refund: bool = False
    title: str = ""
    payload: bytes = b""
    provider_charge: str = ""
    message: int = 0
    """In the bot's mailbox: the invoice message."""
    period: int = 0
    subscription: str = ""
    pending: bool = False
    failed: bool = False
    permille: int = 0
    """Share of an affiliate, which is not in `nanos`."""
    affiliate: int = 0
    share: int = 0
    """Nano-Stars that the affiliate got."""
    hidden: bool = False
    """Changes the balance but is in no list: a store took the Stars back."""


@dataclass(slots=True, kw_only=True)
class Subscription:
    id: str
    user: int
    invoice: Invoice
    until: int
    charges: list[str]
    """Ids of its payments, oldest first."""
    canceled: bool = False
    bot_canceled: bool = False
    failed: bool = False
    """The last renewal failed, because the person had too few Stars."""
