"""Who may appeal against a ban, and when (/appeal)."""

from __future__ import annotations

from enum import StrEnum

from domain.model.ban import DAY, Ban

LONGEST = 1000
"""Characters of an appeal."""


class NotAppealed(StrEnum):
    """Why an appeal is not taken: the id of the text that says so."""

    NO_BAN = "appeal-no-ban"
    SHORT = "appeal-short"
    """No ban shorter than a day is looked at."""
    LATER = "appeal-later"
    """It ends by itself. Then an appeal is taken, for the record."""
    ALREADY = "appeal-already"
    DELETED = "appeal-deleted"
    """They had their data deleted since they appealed, and have come back."""


def refusal(ban: Ban | None, now: float) -> NotAppealed | None:
    """None where an appeal may be made. `ban`: the last one, also where it is over."""
    if ban is None:
        return NotAppealed.NO_BAN
    if ban.reviewed:
        return None
    if not ban.lasts(DAY):
        return NotAppealed.SHORT
    return NotAppealed.LATER if ban.until > now else None
