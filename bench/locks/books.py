"""What the database has of locks and credits after a campaign, and what is wrong with it by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import psycopg

from bench.payments.credits import faults_at
from domain.locks.records import LockState
from domain.locks.returns import credits_back
from domain.model.ids import Address, BotId, ChatId, LockId, UserId
from domain.model.lock import Lock

GIVERS = ("sold", "given", "earned:referral", "earned:commission")
TAKERS = ("used", "held", "lost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A lock in the database."""

    id: str
    chat: str
    owner: int
    minutes: int
    price: int
    state: LockState
    pressed: float
    since: float
    until: float
    ended: float | None
    why: str
    """Empty where its chat has outlived it."""
    back: int

    @property
    def was_set(self) -> bool:
        return self.state in {LockState.ACTIVE, LockState.OVER}

    @property
    def bound_until(self) -> float:
        """When it stopped binding the partner."""
        return self.until if self.ended is None else min(self.until, self.ended)


@dataclass(slots=True)
class Books:
    locks: list[Row] = field(default_factory=list)
    balances: dict[int, int] = field(default_factory=dict)
    """Credits of people."""
    accounts: dict[str, int] = field(default_factory=dict)
    """The others, and the sum of those of people as `people`."""
    moved: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Lock → hold, use, void or back → credits."""
    partners: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Members of each chat that was locked."""
    untold: int = 0
    """Notices that were not sent yet."""
    unbooked: int = 0
    """Active locks whose chat has ended early."""
    faults: list[str] = field(default_factory=list)
    """What the ledger's own audit says."""

    @property
    def settled(self) -> bool:
        """Whether all that was begun is booked and told."""
        return not (self.untold or self.unbooked or any(lock.state is LockState.PENDING for lock in self.locks))

    def waits_since(self, when: float) -> bool:
        """Whether a lock is pending that was pressed before then."""
        return any(lock.state is LockState.PENDING and lock.pressed < when for lock in self.locks)

    def of(self, owner: int) -> list[tuple[Row, dict[str, int]]]:
        """Locks of a person, with the credits that each has moved."""
        return [(lock, self.moved.get(lock.id, {})) for lock in self.locks if lock.owner == owner]

    def wrong(self) -> list[str]:
        return [*self.faults, *self._sums(), *(fault for lock in self.locks for fault in self._of(lock)), *self._of_nobody()]

    def _sums(self) -> Iterator[str]:
        brought = -sum(self.accounts.get(name, 0) for name in GIVERS)
        has = self.accounts.get("people", 0) + sum(self.accounts.get(name, 0) for name in TAKERS)
        if brought != has:
            yield f"{brought} credits were brought, {has} are there"
        pending = sum(lock.price for lock in self.locks if lock.state is LockState.PENDING)
        if pending != self.accounts.get("held", 0):
            yield f"{self.accounts.get('held', 0)} credits are held, pending locks cost {pending}"

    def _of(self, lock: Row) -> Iterator[str]:
        """Held once; used once if it was set, else voided once; some of it back at most."""
        moved = self.moved.get(lock.id, {})
        ought = {"hold": lock.price}
        if lock.state is not LockState.PENDING:
            ought["use" if lock.was_set else "void"] = lock.price
        if lock.back:
            ought["back"] = lock.back
        if moved != ought:
            yield f"lock {lock.id} is {lock.state} and moved {moved}, not {ought}"
        if lock.back not in {0, self._at_most(lock)}:
            yield f"lock {lock.id} gave back {lock.back}, not {self._at_most(lock)}"

    def _at_most(self, lock: Row) -> int:
        if lock.ended is None:
            return 0
        owner = Address(BotId(0), UserId(lock.owner))
        period = Lock(id=LockId(lock.id), chat=ChatId(lock.chat), owner=owner, since=lock.since, until=lock.until)
        return credits_back(lock.price, lock.minutes, period.unused_minutes(lock.ended))

    def _of_nobody(self) -> Iterator[str]:
        known = {lock.id for lock in self.locks}
        yield from (f"credits were moved for {lock}, which is no lock" for lock in self.moved if lock not in known)


def read_books(uri: str) -> Books:
    """From PostgreSQL."""
    books = Books(faults=faults_at(uri))
    with psycopg.connect(uri) as connection:
        books.locks = [_row(values) for values in connection.execute(LOCKS)]
        for event, amount in connection.execute(MOVES):
            lock, _, what = str(event).removeprefix("lock:").rpartition(":")
            books.moved[lock][what] = books.moved[lock].get(what, 0) + int(amount)
        books.balances = {user: int(balance) for user, balance in connection.execute(BALANCES)}
        books.accounts = {name: int(balance) for name, balance in connection.execute(ACCOUNTS)}
        books.partners = {chat: (one, other) for chat, one, other in connection.execute(PARTNERS)}
        books.untold = _count(connection, "SELECT COUNT(*) FROM payment_notices WHERE sent_at IS NULL")
        books.unbooked = _count(connection, UNBOOKED)
    return books


LOCKS = """SELECT id, chat_id, user_id, minutes, price, state, pressed_at, since_at, until_at, ended_at, why, back FROM locks
    ORDER BY pressed_at"""
MOVES = """SELECT e.id, t.amount FROM ledger_events e JOIN ledger_transfers t ON t.event_id = e.id WHERE e.kind LIKE 'lock-%'"""
BALANCES = """SELECT a.user_id, COALESCE(b.balance, 0) FROM credit_accounts a
    LEFT JOIN ledger_balances b ON b.id = 'user:' || a.number AND b.unit = 'credits'"""
ACCOUNTS = """SELECT CASE WHEN id LIKE 'user:%' THEN 'people' ELSE id END, SUM(balance) FROM ledger_balances
    WHERE unit = 'credits' GROUP BY 1"""
PARTNERS = "SELECT id, first_user, second_user FROM chats WHERE id IN (SELECT chat_id FROM locks)"
UNBOOKED = """SELECT COUNT(*) FROM locks l JOIN chats c ON c.id = l.chat_id
    WHERE l.state = 'active' AND c.ended_at < l.until_at"""


def _count(connection: psycopg.Connection[Any], query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    return int(row[0]) if row else 0


def _row(values: Any) -> Row:
    lock, chat, user, minutes, price, state, pressed, since, until, ended, why, back = values
    return Row(
        id=lock,
        chat=chat,
        owner=user,
        minutes=minutes,
        price=price,
        state=LockState(state),
        pressed=pressed,
        since=since,
        until=until,
        ended=ended,
        why=why,
        back=back,
    )


def differences(should: Mapping[int, int], books: Books) -> dict[int, int]:
    """Credits that people have beyond what they should have, negative where some are missing; without those who are right."""
    found = {user: books.balances.get(user, 0) - credits_ for user, credits_ in should.items()}
    return {user: difference for user, difference in found.items() if difference}
