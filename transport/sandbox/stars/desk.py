"""All parts of Stars, put together."""

from __future__ import annotations

from dataclasses import dataclass

from transport.sandbox.content.screen import Screen
from transport.sandbox.faults import Faults
from transport.sandbox.stars.charges import Charges
from transport.sandbox.stars.clock import Clock
from transport.sandbox.stars.invoices import Invoices
from transport.sandbox.stars.ledger import Ledger
from transport.sandbox.stars.notices import Notices
from transport.sandbox.stars.outside import Outside
from transport.sandbox.stars.payments import Payments
from transport.sandbox.stars.queries import Queries
from transport.sandbox.stars.subscriptions import Subscriptions
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.store import Store
from transport.sandbox.world.updates import UpdateLog
from transport.sandbox.world.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Stars:
    clock: Clock
    ledger: Ledger
    invoices: Invoices
    queries: Queries
    charges: Charges
    subscriptions: Subscriptions
    payments: Payments
    outside: Outside
    notices: Notices
    faults: Faults


def open_stars(*, store: Store, world: World, mailbox: Mailbox, updates: UpdateLog, screen: Screen, faults: Faults) -> Stars:
    clock = Clock(store)
    ledger = Ledger(store, world, clock)
    queries = Queries(world=world, updates=updates, clock=clock, faults=faults)
    notices = Notices(world=world, mailbox=mailbox, updates=updates, screen=screen, clock=clock)
    charges = Charges(world=world, ledger=ledger, notices=notices, faults=faults)
    subscriptions = Subscriptions(
        store=store, world=world, clock=clock, charges=charges, queries=queries, updates=updates, faults=faults
    )
    return Stars(
        clock=clock,
        ledger=ledger,
        invoices=Invoices(store, mailbox),
        queries=queries,
        charges=charges,
        subscriptions=subscriptions,
        payments=Payments(queries=queries, charges=charges, subscriptions=subscriptions, clock=clock, faults=faults),
        outside=Outside(world, ledger),
        notices=notices,
        faults=faults,
    )
