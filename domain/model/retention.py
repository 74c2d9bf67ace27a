"""How long what is kept of people is kept, in seconds, and how often they may ask for it. /privacy and `storage/sql/retention.py`
have it from here.
"""

from __future__ import annotations

from domain.model.profile import DAY

CHATS_KEPT = 90 * DAY
LOCKS_KEPT = 90 * DAY
"""After they are over."""
BANS_KEPT = 180 * DAY
"""After they are over."""
NOTICES_KEPT = 30 * DAY
TICKETS_KEPT = 365 * DAY
APPEALS_KEPT = 90 * DAY
"""After they are answered."""
EVIDENCE_KEPT, GRAVE_KEPT = 90 * DAY, 365 * DAY
"""Of a report at most: of an ordinary one, and of one for a threat or under age."""
OPENED_KEPT = 30 * DAY
"""Of a link of an invitation that somebody opened, and no more."""
RATED_KEPT = 2 * DAY
ACTS_KEPT = 365 * DAY
NOTES_KEPT = 365 * DAY
"""What operators note about people."""
REPORTS_KEPT = 180 * DAY
"""At least: as long as there is evidence."""
LEVELS_KEPT = 300 * DAY
"""After the last step."""
SIDES_KEPT = 365 * DAY
"""After the profile was deleted."""
RETURNS_KEPT = 2 * DAY
"""After somebody came back: whose number it was that their chats of before the deletion have. Those partners may report them."""
EXPORT_EVERY = DAY
DELETION_VALID = 600.0
"""How long the question before a deletion can be answered."""
