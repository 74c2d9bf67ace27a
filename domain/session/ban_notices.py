"""The texts of a ban: until when, why, and how to appeal against it. The texts themselves are in `transport/texts/locale/`."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite

from domain.model.ban import OPERATOR, Ban
from domain.model.dates import moment
from domain.model.outgoing import Menu, Notice
from domain.model.profile import Profile

Arguments = Mapping[str, str | int]
UNKNOWN = "unknown"
NO_MOMENT: Arguments = {"day": "", "month": 0, "year": "", "time": ""}


def banned(profile: Profile | None, until: float, language: str, menu: Menu | None = None) -> Notice:
    """`until`: Unix seconds, as the pool or the profile says."""
    ban = profile.ban if profile is not None else None
    return Notice(text="banned", language=language, menu=menu, arguments=arguments(ban, until))


def arguments(ban: Ban | None, until: float) -> Arguments:
    """`ban`: what is recorded of it. Without that, the text says only until when."""
    return {**end(until), **_why(ban), "appeal": int(until == inf or (ban is not None and ban.reviewed))}


def end(until: float) -> Arguments:
    return {"forever": 0, **moment(until)} if isfinite(until) else {"forever": 1, **NO_MOMENT}


def _why(ban: Ban | None) -> Arguments:
    """An operator's own words are the reason where the operator gave no other."""
    reason, note = (ban.reason, ban.note) if ban is not None else ("", "")
    if not reason or (reason == OPERATOR and not note):
        reason = UNKNOWN
    return {"reason": reason, "note": note, "noted": int(bool(note) and reason != OPERATOR)}
