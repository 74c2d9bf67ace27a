"""How long the rows of each table are kept. A test compares this list with the schema, so a new table must be added here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from domain.model.retention import (
    ACTS_KEPT,
    APPEALS_KEPT,
    BANS_KEPT,
    CHATS_KEPT,
    LOCKS_KEPT,
    NOTES_KEPT,
    NOTICES_KEPT,
    OPENED_KEPT,
    RATED_KEPT,
    TICKETS_KEPT,
)
from storage.sql.database import Database

__all__ = [
    "ACTS_KEPT",
    "APPEALS_KEPT",
    "BANS_KEPT",
    "CHATS_KEPT",
    "LOCKS_KEPT",
    "NOTES_KEPT",
    "NOTICES_KEPT",
    "OPENED_KEPT",
    "RATED_KEPT",
    "RETENTION",
    "TICKETS_KEPT",
    "purge",
]

KEPT_WITH_PAYMENTS = "for ever: a refund or a dispute may come at any time"


class Purged(Protocol):
    async def purge_before(self, when: float) -> int:
        """Delete what was over by then, in Unix seconds; how many."""
        ...


PURGE_AT_ONCE = 1000
"""Rows. Others use the table between two batches."""

RETENTION = {
    "users": "until the person has it deleted",
    "blocks": "until lifted, or who blocked has it deleted; others' blocks and separations by reports stay",
    "bans": "180 days after they are over; until lifted",
    "entitlements": "until the person has it deleted",
    "age_sides": "as long as the profile, and a year after that",
    "chats": "ended ones for 90 days",
    "ratings": "until the person has it deleted",
    "locks": "ended ones for 90 days",
    "rated_chats": "2 days: a chat can be rated for one",
    "bots": "for good; a removed one without its token",
    "bot_state": "as long as the bot is ours",
    "bot_sessions": "as long as the bot is ours",
    "bot_peers": "as long as the bot is ours or the person is known",
    "searches": "until the search is over",
    "orders": KEPT_WITH_PAYMENTS,
    "ledger_accounts": KEPT_WITH_PAYMENTS,
    "ledger_events": KEPT_WITH_PAYMENTS,
    "ledger_transfers": KEPT_WITH_PAYMENTS,
    "credit_accounts": "until the person has it deleted",
    "charges": KEPT_WITH_PAYMENTS,
    "vip_grants": KEPT_WITH_PAYMENTS,
    "subscriptions": KEPT_WITH_PAYMENTS,
    "refund_requests": KEPT_WITH_PAYMENTS,
    "terms_accepted": KEPT_WITH_PAYMENTS,
    "gift_links": KEPT_WITH_PAYMENTS,
    "promo_codes": "for ever",
    "invite_codes": "until the person makes another one, or has it deleted",
    "referrals": "links that were only opened for 30 days, all others for ever: nobody is counted twice",
    "star_lists": "as long as the bot is ours",
    "payment_notices": "30 days after they are sent",
    "support_tickets": "a year; the newest stays",
    "tombstones": "as each says: bans as long as they would be kept, sides of 18 for a year; what says who came back, for 2 days",
    "deletions": "until the person is deleted",
    "exports": "a day",
    "root_keys": "for ever",
    "appeals": "until they are answered, and 90 days after that; the newest stays",
    "user_notes": "a year, until it is removed, or the person has it deleted",
    "audit": "a year; the newest stays",
    "audit_head": "for ever, one row",
    "reports": "180 days, and as long as there is evidence",
    "report_evidence": "undecided 90 days, upheld 30 days after the decision, rejected 7; threat and under age a year",
    "trust_levels": "300 days after the last step: 120 until all levels are forgiven, and 180",
    "holds": "until a person decides",
    "review_items": "180 days after they are closed, or noted last",
    "standing_changes": "until the pool was told",
    "panel_admins": "until an owner removes them",
    "panel_questions": "2 minutes",
    "panel_failures": "an hour after the last wrong code, half a day where no other follows",
    "panel_sessions": "until they are ended: 30 minutes without a request, or 12 hours",
    "panel_tokens": "until they are revoked, or over: a year at most",
    "panel_figures": "6 hours by 10 seconds, 48 hours by minutes",
    "configuration": "for ever",
    "configuration_history": "for ever",
    "migrations": "for ever",
}


async def purge(kept: Iterable[tuple[Purged, float]], *, now: float) -> int:
    """Delete the rows of each store that are over for so many seconds; how many. Several processes may do this at once."""
    return sum([await store.purge_before(now - seconds) for store, seconds in kept])


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
