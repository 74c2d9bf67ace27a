"""Who may talk with whom, and who comes first: the rules, and an oracle that decides by them.

**Compatible.** Two people are compatible when each one's wishes hold for the other: gender among the wished genders, age band
among the wished bands. Minors are apart: one only ever meets another, whatever was wished or paid. Both search in one scope.

**Unwanted.** Nobody meets themselves, a recent partner (until `recent` seconds after they were paired or parted, both
directions), or somebody who blocked them or whom they blocked. A banned person neither searches nor waits.

**First come, first served.** Of the compatible who wait, the one with the least score is taken. The score is when the
search began, less a head start: `vip_boost` seconds for a VIP, a thousand years for somebody who lost a partner through no
fault of their own. Equal scores: by bucket, then by name; it only matters that everybody agrees.
"""

from __future__ import annotations

from domain.pool import Seeker
from domain.values import ADULT_BANDS, EVERY_GENDER, AgeBand, Gender, Wishes

AHEAD_OF_ALL = 1e9
"""Seconds of head start for those who wait at the head."""

GENDERS = tuple(Gender)
BANDS = tuple(AgeBand)


def effective_wishes(seeker: Seeker) -> Wishes:
    """What is left of the wishes once minors are apart."""
    if seeker.band is AgeBand.MINOR:
        return Wishes(genders=EVERY_GENDER, bands=frozenset({AgeBand.MINOR}))
    return Wishes(genders=seeker.wishes.genders, bands=seeker.wishes.bands & ADULT_BANDS)


def compatible(one: Seeker, other: Seeker) -> bool:
    mine, theirs = effective_wishes(one), effective_wishes(other)
    return (
        one.scope == other.scope
        and other.gender in mine.genders
        and other.band in mine.bands
        and one.gender in theirs.genders
        and one.band in theirs.bands
    )


def bucket_of(seeker: Seeker) -> str:
    """Everything of a seeker that compatibility asks for, as 12 characters: class (1 VIP, 0 free), gender, age band, a flag
    for each wished gender and each wished band. People of one bucket are interchangeable but for whom they met or blocked.
    """
    wishes = effective_wishes(seeker)
    own = f"{int(seeker.vip)}{GENDERS.index(seeker.gender)}{int(seeker.band)}"
    return own + _flags(GENDERS, wishes.genders) + _flags(BANDS, wishes.bands)


def buckets_compatible(one: str, other: str) -> bool:
    """As `compatible`, for people of two buckets in one scope."""
    return _wishes_for(one, other) and _wishes_for(other, one)


def _wishes_for(one: str, other: str) -> bool:
    gender, band = int(other[1]), int(other[2])
    return one[3 + gender] == "1" and one[6 + band] == "1"


def head_start(seeker: Seeker, *, at_head: bool, vip_boost: float) -> float:
    if at_head:
        return AHEAD_OF_ALL
    return vip_boost if seeker.vip else 0.0


def _flags(of: tuple[object, ...], wished: frozenset[object]) -> str:
    return "".join("1" if each in wished else "0" for each in of)
