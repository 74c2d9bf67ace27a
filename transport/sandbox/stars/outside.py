"""What befalls a bot's Stars from outside: withdrawals, costs, debits by a store, rows of unknown kind, an affiliate's share."""

from __future__ import annotations

from dataclasses import replace

from transport.sandbox.stars.ledger import Ledger, new_id
from transport.sandbox.stars.model import Peer, Transaction
from transport.sandbox.world.model import Bot, Refused
from transport.sandbox.world.world import World

MAX_PERMILLE = 800


class Outside:
    def __init__(self, world: World, ledger: Ledger) -> None:
        self._world = world
        self._ledger = ledger

    def withdraw(self, bot: Bot, nanos: int) -> Transaction:
        """The owner takes Stars out. The row is pending until the withdrawal is done or has failed."""
        return self._ledger.add(bot.id, new_id(), -nanos, Peer.FRAGMENT, pending=True)

    def end_withdrawal(self, bot: Bot, number: str, *, failed: bool) -> Transaction:
        """A failed one is given back by a second row with the same id."""
        row = self._ledger.find(bot.id, number)
        if row is None or not row.pending:
            raise Refused("id", "no pending withdrawal with this id", status=404)
        done = replace(row, pending=False, failed=failed)
        self._ledger.change(done)
        return self._ledger.add(bot.id, number, -row.nanos, Peer.FRAGMENT, refund=True) if failed else done

    def cost(self, bot: Bot, nanos: int, peer: Peer) -> Transaction:
        return self._ledger.add(bot.id, new_id(), -nanos, peer)

    def unknown(self, bot: Bot, nanos: int) -> Transaction:
        """A row of a kind that the layer does not know, in or out."""
        return self._ledger.add(bot.id, new_id(), nanos, Peer.UNSUPPORTED)

    def set_affiliate(self, bot: Bot, user: int, permille: int) -> None:
        """From now on, this person gets a share of each sale. 0: nobody does."""
        bot.settings["affiliate"] = {"user": user, "permille": permille}
        self._world.save_bot(bot)

    def store_debit(self, charge: Transaction) -> None:
        """A store takes the Stars of a payment back: the balance falls, and no list has a row for it."""
        if self._ledger.is_debited(charge):
            raise Refused("charge_id", "a store has taken it back before", status=409)
        self._ledger.add(charge.owner, charge.id, -charge.nanos, Peer.STORE, hidden=True)
