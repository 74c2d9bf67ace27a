"""Rows of the list of Stars, from Telegram's form into ours. Pure."""

from __future__ import annotations

from typing import Any

from pyrogram import raw

from domain.model.ids import UserId
from domain.payments.transactions import Page, Peer, Transaction
from domain.payments.updates import NANO

PEERS = {
    raw.types.StarsTransactionPeer: Peer.USER,
    raw.types.StarsTransactionPeerFragment: Peer.FRAGMENT,
    raw.types.StarsTransactionPeerAds: Peer.ADS,
    raw.types.StarsTransactionPeerAPI: Peer.API,
    raw.types.StarsTransactionPeerAppStore: Peer.APP_STORE,
    raw.types.StarsTransactionPeerPlayMarket: Peer.PLAY_MARKET,
    raw.types.StarsTransactionPeerPremiumBot: Peer.PREMIUM_BOT,
}


def read_page(status: Any, offset: int) -> Page:
    """`payments.starsStatus`. Rows in TON are counted and left out. The list goes on where the server names the next offset, and
    ends with a page that has no rows.
    """
    history = status.history or []
    return Page(
        rows=tuple(read_row(row) for row in history if isinstance(row.amount, raw.types.StarsAmount)),
        end=int(status.next_offset) if status.next_offset else offset + len(history),
        more=bool(history) and bool(status.next_offset),
        balance=nanos(status.balance),
    )


def read_row(row: Any) -> Transaction:
    peer = PEERS.get(type(row.peer), Peer.OTHER)
    person = row.peer.peer if peer is Peer.USER else None
    return Transaction(
        id=row.id,
        amount=nanos(row.amount),
        date=float(row.date),
        peer=peer,
        user=UserId(person.user_id) if isinstance(person, raw.types.PeerUser) else None,
        refund=bool(row.refund),
        pending=bool(row.pending),
        failed=bool(row.failed),
        payload=row.bot_payload or b"",
        subscription_period=row.subscription_period or 0,
        affiliate=nanos(row.starref_amount) if row.starref_amount is not None else 0,
    )


def nanos(amount: Any) -> int:
    """Nano-Stars of a `starsAmount`; 0 for an amount in TON."""
    return int(amount.amount * NANO + amount.nanos) if isinstance(amount, raw.types.StarsAmount) else 0
