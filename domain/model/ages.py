"""Whether an age may be changed. Adults and minors never meet, so nobody may choose the side of 18 twice.

- The first age is taken as it is given.
- On the same side of 18 it may be corrected at once, and then again 30 days after each correction.
- From under 18 to 18 or more it may be changed once enough years have passed: somebody who gave 17 may give 18 a year later.
- From 18 or more to under 18 only an admin may change it.
- Once somebody who was under 18 is 18 for sure, they are on the other side with their next search, whether they change it or not.

The side outlives the profile: somebody whose profile was deleted is still on it when they come again (`Profile.adult`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isinf

from domain.model.profile import DAY, OF_AGE, Profile, is_adult
from domain.model.profile_changes import SetAge

CORRECTION_SECONDS = 30 * DAY


class AgeRefusal(StrEnum):
    TOO_SOON = "too-soon"
    """It was corrected less than 30 days ago."""
    OTHER_SIDE = "other-side"
    """The age is on the other side of 18."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRefused:
    why: AgeRefusal
    until: float | None
    """When it may be changed so, in Unix seconds; None where only an admin can."""


def judge(profile: Profile, age: int, now: float) -> SetAge | AgeRefused:
    """The change to make, or why there is none. `age` is within the bounds of the settings. `now` is Unix seconds."""
    change, side = SetAge(age=age, at=now), _side(profile)
    if side is None or age == profile.age:
        return change
    if is_adult(age) and not side:
        return change if now >= profile.adult_from else _other_side(profile.adult_from)
    if side and not is_adult(age):
        return _other_side(None)
    next_correction = profile.age_changed + CORRECTION_SECONDS
    if profile.age is not None and profile.age_changed and now < next_correction:
        return AgeRefused(why=AgeRefusal.TOO_SOON, until=next_correction)
    return change


def come_of_age(profile: Profile, now: float) -> SetAge | None:
    """The change that time has made, if it has. Grown-ups must not stay among minors because they never edit their age."""
    if profile.adult is False and profile.age is not None and now >= profile.adult_from:
        return SetAge(age=OF_AGE, at=now)
    return None


def _side(profile: Profile) -> bool | None:
    if profile.adult is None and profile.age is not None:
        return is_adult(profile.age)
    return profile.adult


def _other_side(until: float | None) -> AgeRefused:
    return AgeRefused(why=AgeRefusal.OTHER_SIDE, until=None if until is None or isinf(until) else until)
