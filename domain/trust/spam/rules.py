"""What follows from what was found: how a message is answered, and what a reviewer reads. Thresholds are those of the table in
docs/trust.md.

First somebody is slowed down, then stopped; nobody is banned for a text without a contact, because people repeat themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.trust.spam.contacts import YOUNG

NEWCOMER_CHATS = 3
"""Below so many chats somebody's links are held."""
SAME_TEXT_CHECKED = 6
SAME_TEXT_SLOWED = 12
"""Partners within an hour who get one text without a contact, until there is a human check, and until new chats are slowed."""
SLOW_FOR = 3600.0
SLOW_PAUSE = 120.0
"""Seconds: for so long there is one new chat in such a pause."""
PICTURES = 15
PICTURE_PARTNERS = 3
PICTURE_SECONDS = 600.0
"""So many pictures and videos, to more partners than that, within that time."""
RUNS = 8
RUN_SECONDS = 600.0
RUN_MESSAGES = 2
GONE_WITHIN = 15.0
"""So many chats within that time, each with a contact in the first messages and left so many seconds after it."""
REPORTED_WITHIN = 60.0
"""A report by the partner so soon after a hit doubles its step."""


class Rule(StrEnum):
    """The names by which reviewers know the rules."""

    SAME_ADVERT = "same-advert"
    SAME_TEXT = "same-text"
    SHARED_CONTACT = "shared-contact"
    NEWCOMER_CONTACT = "newcomer-contact"
    MANY_PICTURES = "many-pictures"
    HIT_AND_RUN = "hit-and-run"
    REPORTED_HIT = "reported-hit"
    """The partner has reported one of the others at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    rule: Rule
    held: bool = False
    """Whether the message is not passed on."""
    ban_hours: float = 0.0
    review: bool = False
    check: bool = False
    """Whether a human check comes before the next search."""
    slow: bool = False
    """Whether new chats are slowed down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How long somebody is known, and how much they have talked."""

    since: float
    """Unix seconds."""
    chats: int
    """Up to `NEWCOMER_CHATS`: more are not counted."""

    def is_young(self, now: float) -> bool:
        return now - self.since < YOUNG

    def is_newcomer(self, now: float, hours: float) -> bool:
        return self.chats < NEWCOMER_CHATS or now - self.since < hours * 3600


def same_advert(hour: int, day: int, steps: tuple[int, int, int]) -> Verdict | None:
    """One text with a contact went to so many partners within an hour and within a day, this one included."""
    held, banned, long_banned = steps
    if day >= long_banned:
        return Verdict(rule=Rule.SAME_ADVERT, held=True, ban_hours=24.0, review=True)
    if hour >= banned:
        return Verdict(rule=Rule.SAME_ADVERT, held=True, ban_hours=1.0)
    return Verdict(rule=Rule.SAME_ADVERT, held=True) if hour >= held else None


def same_text_step(hour: int) -> int:
    """The threshold that is reached by so many partners within an hour; 0 for none."""
    return next((step for step in (SAME_TEXT_SLOWED, SAME_TEXT_CHECKED) if hour >= step), 0)


def same_text(hour: int, before: int) -> Verdict | None:
    """One text without a contact went to so many partners within an hour. `before`: the step at the text's last verdict. Each
    step asks for one human check, also where the number skips it.
    """
    step = same_text_step(hour)
    if not step:
        return None
    check, slow = step > before, step == SAME_TEXT_SLOWED
    return Verdict(rule=Rule.SAME_TEXT, slow=slow, check=check) if slow or check else None


def contact(standing: Standing, now: float, *, listed: bool, newly: bool, hold_hours: float) -> Verdict | None:
    """Somebody sends a contact. `hold_hours`: who came less than this ago is a newcomer, whose contacts are held; 0: nobody's."""
    if listed and standing.is_young(now):
        return Verdict(rule=Rule.SHARED_CONTACT, held=True, review=newly)
    if hold_hours and standing.is_newcomer(now, hold_hours):
        return Verdict(rule=Rule.NEWCOMER_CONTACT, held=True)
    return None


def pictures(shown: int, partners: int) -> Verdict | None:
    """So many pictures and videos went to so many partners within `PICTURE_SECONDS`."""
    many = shown >= PICTURES and partners > PICTURE_PARTNERS
    return Verdict(rule=Rule.MANY_PICTURES, held=True) if many else None


def runs(times: int) -> Verdict | None:
    """So many chats were hit and left within `RUN_SECONDS`."""
    return Verdict(rule=Rule.HIT_AND_RUN, ban_hours=1.0) if times >= RUNS else None


def doubled(verdict_hours: float) -> float:
    """Hours of a ban where the partner reports it at once: what was only held bans for an hour."""
    return 2 * verdict_hours or 1.0


def graver(one: Verdict | None, other: Verdict | None) -> Verdict | None:
    """The one that counts where two rules hit."""
    found = [each for each in (one, other) if each is not None]
    return max(found, key=lambda each: (each.ban_hours, each.held, each.slow, each.check), default=None)
