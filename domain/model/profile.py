"""A person's profile, and the part of it that a partner may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import inf

from domain.model.ban import Ban
from domain.model.ids import UserId


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"


class AgeBand(IntEnum):
    """The part of an age that a partner may see. Minors are paired with minors only (M4)."""

    MINOR = 0
    FROM_18 = 1
    FROM_25 = 2
    FROM_35 = 3
    FROM_45 = 4
    FROM_55 = 5

    @classmethod
    def of(cls, age: int) -> AgeBand:
        return cls(sum(age >= start for start in STARTS))

    @property
    def ages(self) -> tuple[int, int]:
        """The youngest and the oldest."""
        starts = (0, *STARTS, OLDEST + 1)
        return starts[self], starts[self + 1] - 1


STARTS = (18, 25, 35, 45, 55)
"""The youngest of each band but the first."""
OLDEST = 199
"""Nobody is older."""


DAY = 86_400.0


YEAR = 365.25 * DAY


OF_AGE = 18


def is_adult(age: int) -> bool:
    return age >= OF_AGE


def adult_from(age: int, at: float) -> float:
    """When somebody who gives this age at time `at` is 18 for sure (Unix seconds); 0 where they are 18 already."""
    return 0.0 if is_adult(age) else at + (OF_AGE - age) * YEAR


ADULT_BANDS = frozenset(AgeBand) - {AgeBand.MINOR}


EVERY_GENDER = frozenset(Gender)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Whom a person wants to meet. The default is anyone, and only VIPs may narrow it (M7)."""

    genders: frozenset[Gender] = EVERY_GENDER
    bands: frozenset[AgeBand] = frozenset(AgeBand)


class MediaChoice(StrEnum):
    """How pictures and videos come to somebody."""

    OPEN = "open"
    VEILED = "veiled"
    """Covered, until they agree in this chat to see what the partner sends."""
    NONE = "none"
    """Not at all."""


class Question(StrEnum):
    """A question of the bot that the person has not answered yet. It is stored with the profile, so that a restart does not
    forget it.
    """

    GENDER = "gender"
    AGE = "age"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A person's profile, the same at all bots of the installation. It is changed by `domain.model.profile_changes` only. VIP and
    bans are read from records of their own.
    """

    user: UserId
    language: str = "en"
    gender: Gender | None = None
    age: int | None = None
    asked: Question | None = None
    vip_until: float = 0.0
    """Unix seconds; 0 for somebody who was never VIP."""
    banned_until: float = 0.0
    """Unix seconds; infinity for a permanent ban."""
    ban: Ban | None = None
    """The ban of `banned_until`, as far as it is recorded; also one that is over. None where there was none, or it was lifted."""
    wishes: Wishes = Wishes()
    adult: bool | None = None
    """Whether they are 18 or older, as recorded; None where nothing is recorded. The record outlives the profile
    (`domain.model.ages`)."""
    adult_from: float = inf
    """When somebody under 18 may change the age to 18, in Unix seconds; infinity where that is not known."""
    age_changed: float = 0.0
    """When the age was last corrected, in Unix seconds; 0 for never."""
    media: MediaChoice | None = None
    """None for somebody who has not chosen: `trust.media` holds."""
    protected: bool = False
    """Whether what they send cannot be forwarded or saved."""
    held: bool = False
    """Whether they may not search until a person has decided."""
    held_since: float = 0.0
    """Unix seconds; 0 where they are not held."""

    @property
    def minor(self) -> bool:
        """Whether they are on the side under 18. All others in a chat of theirs are too."""
        if self.adult is not None:
            return not self.adult
        return self.age is not None and not is_adult(self.age)

    @property
    def complete(self) -> bool:
        return self.gender is not None and self.age is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that a partner is told about somebody (M9): never a name, a username or an id."""

    gender: Gender
    band: AgeBand
    vip: bool = False
