"""The transactions in Stars of all bots and people: in memory, and stored row by row."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

from transport.sandbox.stars.clock import Clock
from transport.sandbox.stars.model import FIRST_BALANCE, Peer, Transaction
from transport.sandbox.world.store import Store
from transport.sandbox.world.world import World

ID_BYTES = 103
"""Makes ids of 140 characters, the longest that were seen at Telegram's."""


def new_id() -> str:
    return f"stx{secrets.token_urlsafe(ID_BYTES)[:137]}"


class Ledger:
    def __init__(self, store: Store, world: World, clock: Clock) -> None:
        self._store = store
        self._world = world
        self._clock = clock
        self._rows: dict[int, list[Transaction]] = {}
        self._known: dict[tuple[int, str, bool], Transaction] = {}
        self._sums: dict[int, int] = {}
        self._charges: dict[str, int] = {}
        """Charge id → bot."""
        for (body,) in store.query("SELECT body FROM stars ORDER BY owner, number"):
            self._remember(msgspec.json.decode(body, type=Transaction))

    def balance(self, owner: int) -> int:
        first = FIRST_BALANCE if owner in self._world.users else 0
        return first + self._sums.get(owner, 0)

    def add(self, owner: int, number: str, nanos: int, peer: Peer, **rest: Any) -> Transaction:
        """Add a transaction with the id `number` to the end of the owner's list."""
        place = len(self._rows.get(owner, ())) + 1
        row = Transaction(owner=owner, number=place, id=number, nanos=nanos, date=int(self._clock.now()), peer=peer, **rest)
        self._remember(row)
        self._save(row)
        return row

    def change(self, row: Transaction) -> None:
        """Replace a row that has the same place and the same amount."""
        self._rows[row.owner][row.number - 1] = row
        self._known[row.owner, row.id, row.refund] = row
        self._save(row)

    def find(self, owner: int, number: str, *, refund: bool = False) -> Transaction | None:
        return self._known.get((owner, number, refund))

    def charge(self, number: str) -> Transaction | None:
        """The payment with this id, in the list of the bot that got it."""
        return self.find(self._charges.get(number, 0), number)

    def listed(self, owner: int) -> list[Transaction]:
        """What the owner's list shows, oldest first."""
        return [row for row in self._rows.get(owner, ()) if not row.hidden]

    def is_debited(self, charge: Transaction) -> bool:
        return any(row.hidden and row.id == charge.id for row in self._rows[charge.owner])

    def _save(self, row: Transaction) -> None:
        self._store.put("stars", (row.owner, row.number, msgspec.json.encode(row)))

    def _remember(self, row: Transaction) -> None:
        self._rows.setdefault(row.owner, []).append(row)
        self._sums[row.owner] = self._sums.get(row.owner, 0) + row.nanos
        if not row.hidden:
            self._known[row.owner, row.id, row.refund] = row
        if row.peer is Peer.PERSON and not row.refund and not row.hidden:
            self._charges[row.id] = row.owner
