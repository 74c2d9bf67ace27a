"""All records of payments of one database."""

from __future__ import annotations

from storage.sql.database import Database
from storage.sql.payments.credits import SqlCredits
from storage.sql.payments.grants import SqlGrants
from storage.sql.payments.ledger import SqlLedger
from storage.sql.payments.orders import SqlOrders
from storage.sql.payments.outbox import SqlOutbox
from storage.sql.payments.refunds import SqlRefunds
from storage.sql.payments.star_lists import SqlStarLists
from storage.sql.payments.subscriptions import SqlSubscriptions
from storage.sql.payments.tickets import SqlTickets


class PaymentRecords:
    def __init__(self, database: Database) -> None:
        self.orders = SqlOrders(database)
        self.ledger = SqlLedger(database)
        self.grants = SqlGrants(database)
        self.credits = SqlCredits(database)
        self.subscriptions = SqlSubscriptions(database)
        self.outbox = SqlOutbox(database)
        self.star_lists = SqlStarLists(database)
        self.refunds = SqlRefunds(database)
        self.tickets = SqlTickets(database)
