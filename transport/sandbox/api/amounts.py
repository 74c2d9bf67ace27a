"""Amounts and lists of transactions in Stars as JSON, exact in `nanos`; and how amounts are read."""

from __future__ import annotations

from transport.sandbox.api import body as take
from transport.sandbox.stars.ledger import Ledger
from transport.sandbox.stars.model import NANO, Peer, Transaction
from transport.sandbox.world.model import Json

MAX_STARS = 10**9
STATES = ("pending", "failed")


def as_stars(nanos: int) -> int | float:
    """A whole number of Stars where it is one."""
    return nanos / NANO if nanos % NANO else nanos // NANO


def read_nanos(body: Json, field: str, *, low: float = 0.0) -> int:
    """An amount in Stars, which may have a fraction."""
    return round(take.number(body, field, default=float("nan"), low=low, high=MAX_STARS) * NANO)


def as_list(ledger: Ledger, owner: int) -> Json:
    """The balance and all transactions, oldest first."""
    nanos = ledger.balance(owner)
    rows = [as_row(row) for row in ledger.listed(owner)]
    return {"balance": as_stars(nanos), "balance_nanos": nanos, "transactions": rows}


def as_row(row: Transaction) -> Json:
    who = {"user" if row.peer is Peer.PERSON else "bot": row.who} if row.who else {}
    return {
        "id": row.id,
        "amount": as_stars(row.nanos),
        "nanos": row.nanos,
        "refund": row.refund,
        **who,
        "date": row.date,
        "peer": row.peer.value,
        "title": row.title,
        **{name: True for name in STATES if getattr(row, name)},
    }
