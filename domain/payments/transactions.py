"""Rows of a bot's own list of Stars at Telegram. Reconciliation reads it, because it also holds what the bot was not told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.model.ids import BotId, UserId
from domain.payments.orders import XTR
from domain.payments.updates import Charge, Refund


class Peer(StrEnum):
    """Who is on the other side of a transaction (`StarsTransactionPeer…`)."""

    USER = "user"
    FRAGMENT = "fragment"
    ADS = "ads"
    API = "api"
    APP_STORE = "app store"
    PLAY_MARKET = "play market"
    PREMIUM_BOT = "premium bot"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """A refund is a row of its own, with the id of its charge. So the key of a row is (bot, id, refund)."""

    id: str
    amount: int
    """Nano-Stars; negative where they leave the bot."""
    date: float
    """Unix seconds."""
    peer: Peer
    user: UserId | None = None
    refund: bool = False
    pending: bool = False
    failed: bool = False
    payload: bytes = b""
    subscription_period: int = 0
    """Seconds; 0 for what is no subscription."""
    affiliate: int = 0
    """Nano-Stars that Telegram's affiliate program has taken off before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    rows: tuple[Transaction, ...]
    balance: int
    """Nano-Stars that the bot has now; may be negative."""
    end: int
    """The offset after its last row, where the next page begins."""
    more: bool = False


class Move(StrEnum):
    """What a row is that is neither a sale nor the refund of one. The value names the account of the ledger."""

    WITHDRAWN = "withdrawn"
    """Also while it is pending. One that failed comes back by a second row, with the mark of a refund."""
    COSTS = "costs"
    UNEXPLAINED = "unexplained"
    """Stars came in, and it is not known for what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A row that changes the balance and grants nothing."""

    bot: BotId
    row: Transaction
    move: Move


def meaning(bot: BotId, row: Transaction) -> Charge | Refund | Moved:
    if row.peer is Peer.USER and row.user is not None:
        if row.amount > 0 and not row.refund:
            return _charge(bot, row, row.user)
        if row.amount < 0 and row.refund:
            return Refund(bot=bot, charge=row.id, user=row.user, amount=-row.amount, payload=row.payload, at=row.date)
    return Moved(bot=bot, row=row, move=_move(row))


def _charge(bot: BotId, row: Transaction, user: UserId) -> Charge:
    """Of a price that Telegram has shared with an affiliate, the buyer paid the whole."""
    until = row.date + row.subscription_period if row.subscription_period else 0.0
    return Charge(
        bot=bot,
        id=row.id,
        user=user,
        currency=XTR,
        amount=row.amount + row.affiliate,
        payload=row.payload,
        at=row.date,
        subscribed_until=until,
    )


def _move(row: Transaction) -> Move:
    if row.peer is Peer.FRAGMENT:
        return Move.WITHDRAWN
    return Move.COSTS if row.amount < 0 else Move.UNEXPLAINED
