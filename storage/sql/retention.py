"""How long the rows of each table are kept. A test compares this list with the schema, so a new table must be added here."""

from __future__ import annotations

from typing import Protocol

from domain.model.retention import BANS_KEPT, CHATS_KEPT, NOTICES_KEPT, TICKETS_KEPT
from domain.ports.payments import Outbox, Tickets
from domain.ports.records import Bans, Chats
from storage.sql.database import Database

KEPT_WITH_PAYMENTS = "for ever: a refund or a dispute may come at any time"

PURGE_AT_ONCE = 1000
"""Rows. Others use the table between two batches."""

RETENTION = {
    "users": "until the person has it deleted",
    "blocks": "until lifted, or who blocked has it deleted; others' blocks of a deleted person stay",
    "bans": "180 days after they are over; until lifted",
    "entitlements": "until the person has it deleted",
    "age_sides": "as long as the profile, and a year after that",
    "chats": "ended ones for 90 days",
    "bot_state": "as long as the bot is ours",
    "bot_sessions": "as long as the bot is ours",
    "bot_peers": "as long as the bot is ours or the person is known",
    "searches": "until the search is over",
    "orders": KEPT_WITH_PAYMENTS,
    "ledger_accounts": KEPT_WITH_PAYMENTS,
    "ledger_events": KEPT_WITH_PAYMENTS,
    "ledger_transfers": KEPT_WITH_PAYMENTS,
    "charges": KEPT_WITH_PAYMENTS,
    "vip_grants": KEPT_WITH_PAYMENTS,
    "subscriptions": KEPT_WITH_PAYMENTS,
    "refund_requests": KEPT_WITH_PAYMENTS,
    "terms_accepted": KEPT_WITH_PAYMENTS,
    "gift_links": KEPT_WITH_PAYMENTS,
    "promo_codes": "for ever",
    "star_lists": "as long as the bot is ours",
    "payment_notices": "30 days after they are sent",
    "support_tickets": "a year; the newest stays",
    "tombstones": "as each says: bans as long as they would be kept, sides of 18 for a year; until the person comes back",
    "deletions": "until the person is deleted",
    "exports": "a day",
    "root_keys": "for ever",
    "configuration": "for ever",
    "configuration_history": "for ever",
    "migrations": "for ever",
}


class Dated(Protocol):
    """Records whose rows say themselves how long they are kept."""

    async def purge_before(self, when: float) -> int: ...


async def purge(chats: Chats, bans: Bans, outbox: Outbox, tickets: Tickets, *dated: Dated, now: float) -> int:
    """Delete rows past their time; how many. Several processes may do this at once."""
    return (
        sum([await each.purge_before(now) for each in dated])
        + await chats.purge_before(now - CHATS_KEPT)
        + await bans.purge_before(now - BANS_KEPT)
        + await outbox.purge_before(now - NOTICES_KEPT)
        + await tickets.purge_before(now - TICKETS_KEPT)
    )


async def purge_in_batches(database: Database, query: str, before: float) -> int:
    """Delete until a batch finds nothing; how many rows. A batch that is not full is not the last one: where another process
    deletes the same rows at that moment, each of both finds a part of them.
    """
    purged = 0
    while True:
        async with database.connection() as connection:
            deleted: int = await getattr(database.queries, query)(connection, before=before, count=PURGE_AT_ONCE)
        if not deleted:
            return purged
        purged += deleted
