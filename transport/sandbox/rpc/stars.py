"""Transactions and balances in Stars as TL."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL
from transport.sandbox.rpc.call import Call
from transport.sandbox.stars.model import NANO, Peer, Transaction

types = raw.types
WITHOUT_PEER: dict[Peer, Callable[[], TL]] = {
    Peer.STORE: types.StarsTransactionPeerAppStore,
    Peer.FRAGMENT: types.StarsTransactionPeerFragment,
    Peer.API: types.StarsTransactionPeerAPI,
    Peer.ADS: types.StarsTransactionPeerAds,
    Peer.UNSUPPORTED: types.StarsTransactionPeerUnsupported,
}


def amount(nanos: int) -> TL:
    """Whole Stars and the rest in nano-Stars, both of the same sign."""
    whole, rest = divmod(abs(nanos), NANO)
    sign = -1 if nanos < 0 else 1
    return types.StarsAmount(amount=sign * whole, nanos=sign * rest)


def status(call: Call, rows: Iterable[Transaction] | None, next_offset: str | None = None) -> TL:
    """The bot's balance, with these rows; None: only the balance."""
    found = None if rows is None else list(rows)
    people = {row.who for row in found or () if row.peer is Peer.PERSON} | {row.affiliate for row in found or ()}
    users = [person for number in sorted(people) if (person := call.services.renderer.person(call.bot.id, number))]
    return types.payments.StarsStatus(
        balance=amount(call.services.stars.ledger.balance(call.bot.id)),
        chats=[],
        users=users,
        history=None if found is None else [_transaction(row) for row in found],
        next_offset=next_offset,
    )


def _transaction(row: Transaction) -> TL:
    return types.StarsTransaction(
        id=row.id,
        amount=amount(row.nanos),
        date=row.date,
        peer=_peer(row),
        refund=row.refund or None,
        pending=row.pending or None,
        failed=row.failed or None,
        title=row.title or None,
        bot_payload=row.payload or None,
        msg_id=row.message or None,
        subscription_period=row.period or None,
        floodskip_number=1 if row.peer is Peer.API else None,
        starref_commission_permille=row.permille or None,
        starref_peer=types.PeerUser(user_id=row.affiliate) if row.affiliate else None,
        starref_amount=amount(row.share) if row.share else None,
    )


def _peer(row: Transaction) -> TL:
    make = WITHOUT_PEER.get(row.peer)
    return types.StarsTransactionPeer(peer=types.PeerUser(user_id=row.who)) if make is None else make()
