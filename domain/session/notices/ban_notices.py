"""The texts of a ban: until when, why, and how to appeal against it; and of a hold. The texts themselves are in
`transport/texts/locale/`.

Whoever is banned or held is told by the outbox, wherever they are. Where a search or chat ends by that, their session tells them
too. Both messages have one key, so that one of them is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, isfinite

from domain.model.ban import OPERATOR, Ban
from domain.model.dates import moment
from domain.model.ids import Address, UserId
from domain.model.outgoing import Menu, Notice
from domain.model.profile import Profile
from domain.payments.sales import Owed, send_key

Arguments = Mapping[str, str | int]
UNKNOWN = "unknown"
NO_MOMENT: Arguments = {"day": "", "month": 0, "year": "", "time": ""}
BANNED, HELD, RELEASED = "banned", "account-held", "released"
"""Texts that are owed."""
HOLD_AFTER = 5.0
"""Seconds after which a hold is told by the outbox. A session that ends a search is quicker, and changes the keyboard with it."""


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


def owed_of_ban(ban: Ban, to: Address) -> Owed:
    """`ends`: after that nobody has to be told any more."""
    ends = {"ends": float(ban.until)} if isfinite(ban.until) else {}
    return Owed(key=_ban_key(ban), to=to, text=BANNED, arguments={**arguments(ban, ban.until), **ends})


def owed_of_hold(to: Address, since: float) -> Owed:
    return Owed(key=_hold_key(to.user, since), to=to, text=HELD)


def owed_of_release(to: Address, since: float, *, banned: bool) -> Owed:
    """`since`: when the hold began that ends."""
    return Owed(key=f"released:{to.user}:{since:.3f}", to=to, text=RELEASED, arguments={"banned": int(banned)})


def is_over(owed: Owed, now: float) -> bool:
    """Whether it tells of a ban that has ended meanwhile."""
    ends = owed.arguments.get("ends")
    return isinstance(ends, float) and ends <= now


def menu_of(owed: Owed) -> Menu | None:
    """A ban has ended what the keyboard was for. Somebody held may go on with a chat."""
    return Menu.MAIN if owed.text == BANNED else None


def key_of_ban(profile: Profile | None) -> str:
    """Of the message by a session; empty where the ban is not recorded."""
    return send_key(_ban_key(profile.ban)) if profile is not None and profile.ban is not None else ""


def key_of_hold(profile: Profile | None) -> str:
    return send_key(_hold_key(profile.user, profile.held_since)) if profile is not None and profile.held_since else ""


def _ban_key(ban: Ban) -> str:
    return f"ban:{ban.user}:{ban.since:.3f}"


def _hold_key(user: UserId, since: float) -> str:
    return f"hold:{user}:{since:.3f}"
