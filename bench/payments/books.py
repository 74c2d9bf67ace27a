"""Compares three books after a campaign: Telegram's lists of the bots, our ledger, and what people have for their Stars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.payments.credits import faults_at
from domain.model.profile import DAY
from domain.payments.grants import Grant, vip_until

MOMENT = 0.001
"""Seconds by which two times may differ: they are stored as floating point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bought:
    """What somebody knows that they paid for. `recipient` is None for a gift link."""

    charge: str
    days: int = 0
    credits: int = 0
    recipient: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    user: int
    seconds: float
    cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    user: int
    credits: int


@dataclass(slots=True, kw_only=True)
class Books:
    """Our own books. The keys are those of the ledger's events."""

    sold: dict[str, int] = field(default_factory=dict)
    """Nano-Stars that the event has brought to the bot; negative for a refund."""
    unknown: set[str] = field(default_factory=set)
    """Charges that nothing was given for, because nobody knew what they bought."""
    given: dict[str, Given] = field(default_factory=dict)
    links: dict[str, int] = field(default_factory=dict)
    """Days of gift links."""
    packs: dict[str, Pack] = field(default_factory=dict)
    taken_back: dict[str, int] = field(default_factory=dict)
    """Credits that a refund has taken back, also where they were spent."""
    faults: list[str] = field(default_factory=list)
    """What is wrong with credits, whoever has them."""
    balances: dict[int, int] = field(default_factory=dict)
    """Nano-Stars of each bot."""
    ends: list[str] = field(default_factory=list)
    """People whose VIP ends at another time than their grants say."""
    untold: int = 0
    """Notices that were not sent yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    paid: int
    lost: list[str]
    double: list[str]
    ledger: int
    telegram: int
    """Nano-Stars."""

    @property
    def all_is_well(self) -> bool:
        return not (self.lost or self.double) and self.ledger == self.telegram

    def __str__(self) -> str:
        return (
            f"{self.paid} paid; lost: {self.lost[:10]}; double: {self.double[:10]}; "
            f"nano-Stars in the ledger {self.ledger}, at Telegram {self.telegram}"
        )


def read_books(uri: str) -> Books:
    """From PostgreSQL."""
    books = Books()
    with psycopg.connect(uri) as connection:
        for key, source, amount in connection.execute(
            "SELECT e.id, t.source, CASE WHEN t.target LIKE 'telegram:%' THEN t.amount ELSE -t.amount END"
            " FROM ledger_events e JOIN ledger_transfers t ON t.event_id = e.id"
            " WHERE e.kind IN ('sale', 'refund') AND t.unit = 'stars'"
        ):
            books.sold[key] = books.sold.get(key, 0) + int(amount)
            if source == "unallocated":
                books.unknown.add(key)
        for charge, days in connection.execute("SELECT charge, days FROM gift_links"):
            books.links[charge] = days
        for account, balance in connection.execute("SELECT id, balance FROM ledger_balances WHERE id LIKE 'telegram:%'"):
            books.balances[int(account.partition(":")[2])] = int(balance)
        _read_grants(books, connection)
        _read_packs(books, connection)
        row = connection.execute("SELECT COUNT(*) FROM payment_notices WHERE sent_at IS NULL").fetchone()
        books.untold = int(row[0]) if row else 0
    books.faults = faults_at(uri)
    return books


def _read_grants(books: Books, connection: psycopg.Connection[Any]) -> None:
    folded: dict[int, list[Grant]] = defaultdict(list)
    for source, user, seconds, granted, used in connection.execute(
        "SELECT source, user_id, seconds, granted_at, used_seconds FROM vip_grants ORDER BY user_id, position"
    ):
        folded[user].append(Grant(source=source, seconds=seconds, granted_at=granted, used_seconds=used))
        books.given[source] = Given(user=user, seconds=seconds, cut=used is not None)
    ends = dict(connection.execute("SELECT user_id, vip_until FROM entitlements").fetchall())
    books.ends = [f"{user}" for user, grants in folded.items() if abs(ends.get(user, 0) - vip_until(grants)) > MOMENT]


def _read_packs(books: Books, connection: psycopg.Connection[Any]) -> None:
    for charge, user, amount in connection.execute(
        "SELECT t.event_id, a.user_id, t.amount FROM ledger_transfers t"
        " JOIN credit_accounts a ON t.target = 'user:' || a.number WHERE t.source = 'sold'"
    ):
        books.packs[charge] = Pack(user=user, credits=int(amount))
    for refund, amount in connection.execute(
        "SELECT event_id, SUM(amount) FROM ledger_transfers WHERE target = 'sold' GROUP BY event_id"
    ):
        books.taken_back[refund] = int(amount)


def judge(books: Books, lists: Mapping[int, Mapping[str, Any]], bought: Iterable[Bought]) -> Verdict:
    """`lists`: what the sandbox says of each bot's Stars. A charge that nobody knows to have paid is a renewal."""
    lost, double, seen, paid = list[str](), list[str](), set[str](), 0
    known = {each.charge: each for each in bought}
    for bot, stars in lists.items():
        rows = [row for row in stars["transactions"] if row["peer"] == "person"]
        refunded = {row["id"] for row in rows if row["refund"]}
        paid += len(rows) - len(refunded)
        for row in rows:
            key = f"{'refund' if row['refund'] else 'charge'}:{bot}:{row['id']}"
            seen.add(key)
            if books.sold.get(key) != row["nanos"]:
                lost.append(f"{key[:40]}: {row['nanos']} at Telegram, {books.sold.get(key)} in the ledger")
            elif not row["refund"]:
                lost += _missing(books, key, row, known.get(row["id"]), refunded=row["id"] in refunded)
    double += [f"{key[:40]}: not at Telegram" for key in _of_payments(books) if key not in seen]
    lost += [f"VIP of {user} ends at another time than the grants say" for user in books.ends]
    lost += books.faults
    return Verdict(
        paid=paid,
        lost=lost,
        double=double,
        ledger=sum(books.balances.values()),
        telegram=sum(stars["balance_nanos"] for stars in lists.values()),
    )


def _of_payments(books: Books) -> Sequence[str]:
    charges = (key for key in (*books.given, *books.links) if key.startswith("charge:"))
    return [*books.sold, *charges]


def _missing(books: Books, key: str, row: Mapping[str, Any], bought: Bought | None, *, refunded: bool) -> list[str]:
    """What was not given for this charge, or not to the right person. One that was refunded before it was seen gives nothing."""
    given, pack = books.given.get(key), books.packs.get(key)
    if pack is not None or (bought is not None and bought.credits):
        return _missing_credits(books, key, pack, bought, refunded=refunded)
    if refunded:
        return [] if given is None or given.cut else [f"{key[:40]}: refunded, and nothing taken back"]
    if key in books.unknown:
        return [f"{key[:40]}: nobody knows what it bought"]
    if bought is not None and bought.recipient is None:
        return [] if books.links.get(key) == bought.days else [f"{key[:40]}: no gift link of {bought.days} days"]
    if given is None:
        return [f"{key[:40]}: nothing given"]
    recipient, days = (bought.recipient, bought.days) if bought else (row["user"], None)
    if given.user != recipient:
        return [f"{key[:40]}: given to {given.user} in place of {recipient}"]
    right = days is None or given.seconds == days * DAY
    return [] if right else [f"{key[:40]}: {given.seconds / DAY} days in place of {days}"]


def _missing_credits(books: Books, key: str, pack: Pack | None, bought: Bought | None, *, refunded: bool) -> list[str]:
    taken = books.taken_back.get(key.replace("charge", "refund", 1), 0)
    if refunded:
        return [] if taken == (pack.credits if pack else 0) else [f"{key[:40]}: refunded, and {taken} credits taken back"]
    if pack is None:
        return [f"{key[:40]}: no credits"]
    right = bought is None or (pack.user, pack.credits) == (bought.recipient, bought.credits)
    return [] if right else [f"{key[:40]}: {pack.credits} credits for {pack.user}"]
