"""Each table of the database: what of it goes into somebody's export, and what becomes of it at /delete_me. A test compares this
with the schema, so a new table must be decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class AtDeletion(StrEnum):
    DELETED = "deleted"
    EMPTIED = "emptied"
    """The row stays, without the person and what they wrote."""
    HASHED = "hashed"
    """The row stays, with a keyed hash in the person's place."""
    KEPT = "kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Personal:
    """Rows about a person. Queries: `export_…` with these columns; `erase_…` unless they are kept."""

    section: str
    """Of the export."""
    columns: tuple[str, ...]
    """Never who else is concerned, nor what others wrote. A name in `_at` or `_until` is a time."""
    at_deletion: AtDeletion
    single: bool = False
    """At most one row a person."""


_DELETED, _EMPTIED, _HASHED, _KEPT = AtDeletion

PERSONAL: Mapping[str, Personal] = {
    "users": Personal(
        section="profile",
        columns=("language", "gender", "age", "wishes", "media", "protected", "created_at", "changed_at", "seen_at", "last_bot"),
        at_deletion=_DELETED,
        single=True,
    ),
    "age_sides": Personal(
        section="adult", columns=("adult", "known_at", "adult_from_at", "corrected_at"), at_deletion=_HASHED, single=True
    ),
    "entitlements": Personal(section="vip", columns=("vip_until",), at_deletion=_DELETED, single=True),
    "chats": Personal(section="chats", columns=("began_at", "ended_at"), at_deletion=_HASHED),
    "ratings": Personal(section="ratings", columns=("times",), at_deletion=_DELETED, single=True),
    "rated_chats": Personal(section="rated", columns=("rated_at",), at_deletion=_DELETED),
    "locks": Personal(
        section="locks",
        columns=("minutes", "credits", "state", "pressed_at", "since_at", "locked_until", "ended_at", "credits_back"),
        at_deletion=_EMPTIED,
    ),
    "searches": Personal(section="search", columns=("bot", "began_at"), at_deletion=_DELETED, single=True),
    "blocks": Personal(section="blocks", columns=("blocked_at",), at_deletion=_DELETED),
    "bans": Personal(section="ban", columns=("banned_at", "banned_until", "reason"), at_deletion=_HASHED, single=True),
    "orders": Personal(
        section="orders", columns=("order", "kind", "plan", "quantity", "stars", "state", "ordered_at"), at_deletion=_KEPT
    ),
    "charges": Personal(
        section="charges",
        columns=("charge", "order", "kind", "plan", "stars", "paid_at", "refunded_at", "refund_reason"),
        at_deletion=_KEPT,
    ),
    "ledger_events": Personal(section="ledger", columns=("kind", "order", "happened_at"), at_deletion=_KEPT),
    "vip_grants": Personal(section="grants", columns=("seconds", "granted_at", "used_seconds"), at_deletion=_KEPT),
    "credit_accounts": Personal(section="credits", columns=("amount", "kind", "happened_at", "note"), at_deletion=_DELETED),
    "subscriptions": Personal(
        section="subscriptions", columns=("order", "plan", "state", "paid_until", "cancellation_asked"), at_deletion=_KEPT
    ),
    "refund_requests": Personal(section="refunds", columns=("charge", "reason", "asked_at", "outcome"), at_deletion=_KEPT),
    "terms_accepted": Personal(section="terms", columns=("accepted_at",), at_deletion=_KEPT, single=True),
    "gift_links": Personal(section="gifts", columns=("days", "bought", "redeemed_at"), at_deletion=_KEPT),
    "invite_codes": Personal(section="invitation", columns=("code", "made_at"), at_deletion=_DELETED, single=True),
    "referrals": Personal(section="invitations", columns=("by_me", "state", "opened_at", "counted_at"), at_deletion=_HASHED),
    "payment_notices": Personal(section="notices", columns=("text", "due_at", "sent_at"), at_deletion=_DELETED),
    "support_tickets": Personal(section="tickets", columns=("number", "text", "opened_at"), at_deletion=_EMPTIED),
    "bot_peers": Personal(section="bots", columns=("bot",), at_deletion=_DELETED),
    "reports": Personal(section="reports", columns=("reported_at", "reason", "verdict", "decided_at"), at_deletion=_HASHED),
    "trust_levels": Personal(section="level", columns=("level", "since_at"), at_deletion=_HASHED, single=True),
    "holds": Personal(section="hold", columns=("held_at",), at_deletion=_KEPT, single=True),
    "review_items": Personal(section="reviews", columns=("rule", "opened_at", "closed_at"), at_deletion=_KEPT),
    "appeals": Personal(
        section="appeals", columns=("text", "appealed_at", "answered_at", "verdict", "answer"), at_deletion=_EMPTIED
    ),
    "user_notes": Personal(section="notes", columns=("written_at", "text"), at_deletion=_DELETED),
    "audit": Personal(section="acts", columns=("done_at", "act"), at_deletion=_KEPT),
    "panel_admins": Personal(section="admin", columns=("role", "added_at"), at_deletion=_KEPT, single=True),
    "panel_questions": Personal(section="logins", columns=("asked_at",), at_deletion=_KEPT),
    "panel_failures": Personal(section="wrong_codes", columns=("times", "last_at"), at_deletion=_KEPT, single=True),
    "panel_sessions": Personal(
        section="panel_sessions", columns=("address", "browser", "began_at", "seen_at"), at_deletion=_KEPT
    ),
    "panel_tokens": Personal(section="tokens", columns=("name", "role", "made_at", "good_until"), at_deletion=_KEPT),
    "exports": Personal(section="export", columns=("exported_at",), at_deletion=_DELETED, single=True),
    "deletions": Personal(section="deletion", columns=("asked_at",), at_deletion=_DELETED, single=True),
    "tombstones": Personal(section="remains", columns=("kind", "kept_until"), at_deletion=_KEPT),
}

NOT_PERSONAL: Mapping[str, str] = {
    "bots": "bots that were added, and which take no new people",
    "bot_state": "how far a bot's updates are done",
    "bot_sessions": "logins of bots",
    "ledger_accounts": "names no person beside those of the ledger's events",
    "ledger_transfers": "the amounts of the ledger's events, which the charges say",
    "promo_codes": "who redeemed one is in the grants",
    "star_lists": "how far a bot's list of Stars is compared",
    "root_keys": "a key",
    "report_evidence": "sealed messages of a report, also those of others; kept as long as the report needs them",
    "standing_changes": "whose ban or hold, or which ended chat, the pool is to be told of, for a moment",
    "audit_head": "number and hash of the last act",
    "panel_figures": "sums over everybody",
    "configuration": "what the operator has set",
    "configuration_history": "what the operator has set",
    "migrations": "the schema",
}
