"""Who and what the rules speak about. Ids are Telegram's own and need 64 bits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from math import inf
from typing import NewType

UserId = NewType("UserId", int)
BotId = NewType("BotId", int)
ChatId = NewType("ChatId", str)
MessageId = NewType("MessageId", int)
Pts = NewType("Pts", int)
"""The number by which an update of one bot is confirmed. It is the same whenever the update comes again, and rises from
message to message. It is no place in Telegram's log (`transport.updates.key_of`); edits have numbers of their own.
"""


def bot_of(token: str) -> BotId:
    """What stands before the colon of a bot's token."""
    return BotId(int(token.partition(":")[0]))


class Gender(StrEnum):
    MALE = "male"
    FEMALE = "female"
    OTHER = "other"


class AgeBand(IntEnum):
    """What of an age a partner may learn. MINOR stands alone: it is only ever paired with itself (M4)."""

    MINOR = 0
    FROM_18 = 1
    FROM_25 = 2
    FROM_35 = 3
    FROM_45 = 4
    FROM_55 = 5

    @classmethod
    def of(cls, age: int) -> AgeBand:
        starts = (18, 25, 35, 45, 55)
        return cls(sum(age >= start for start in starts))


DAY = 86_400.0
YEAR = 365.25 * DAY
OF_AGE = 18


def is_adult(age: int) -> bool:
    return age >= OF_AGE


def adult_from(age: int, at: float) -> float:
    """When somebody who says this age at this time (both in Unix seconds) is 18 for sure; 0 where they are."""
    return 0.0 if is_adult(age) else at + (OF_AGE - age) * YEAR


ADULT_BANDS = frozenset(AgeBand) - {AgeBand.MINOR}
EVERY_GENDER = frozenset(Gender)


@dataclass(frozen=True, slots=True)
class Address:
    """One person's conversation with one bot: what a SessionActor is keyed by and where messages are sent."""

    bot: BotId
    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """Whom a user would talk to. Everybody's default is anyone; only VIPs may narrow it (M7)."""

    genders: frozenset[Gender] = EVERY_GENDER
    bands: frozenset[AgeBand] = frozenset(AgeBand)


class Question(StrEnum):
    """What the bot last asked for and still waits to be typed; stored with the profile so that a restart forgets nothing."""

    GENDER = "gender"
    AGE = "age"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One per person and installation, whichever bot they write to. As read: it is changed by `domain.model.profile_changes`
    only, and VIP and bans have records of their own.
    """

    user: UserId
    language: str = "en"
    gender: Gender | None = None
    age: int | None = None
    asked: Question | None = None
    vip_until: float = 0.0
    """Unix seconds; 0 for somebody who never was VIP."""
    banned_until: float = 0.0
    """Unix seconds; infinity for a permanent ban."""
    wishes: Wishes = Wishes()
    adult: bool | None = None
    """The side of 18 once given. It outlives the profile: somebody new may have one already (`domain.model.ages`)."""
    adult_from: float = inf
    """When somebody under 18 may say to be 18, in Unix seconds; infinity where that is not known."""
    age_changed: float = 0.0
    """When the age was last corrected, in Unix seconds; 0 for never."""

    @property
    def complete(self) -> bool:
        return self.gender is not None and self.age is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    user: UserId
    until: float
    """Unix seconds; infinity for a permanent ban."""
    reason: str
    by: str
    """Who banned: an admin, or a rule of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that a partner is ever told about somebody (M9): never a name, a username or an id."""

    gender: Gender
    band: AgeBand
    vip: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """One Telegram bot of the installation, as Telegram names it once it is logged in."""

    id: BotId
    username: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to serve one bot: `token` rises with every new owner and fences the writes of earlier ones."""

    bot: BotId
    owner: str
    token: int


class ChatEnd(StrEnum):
    """Why a chat ended, as recorded and as told to the one who did not end it."""

    STOPPED = "stopped"
    NEXT = "next"
    GONE = "gone"
    """The partner blocked the bot or deleted the account."""
    BANNED = "banned"
    BLOCKED = "blocked"
    IDLE = "idle"
    LOST = "lost"
    """The record of the partner could not be found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Two people in one anonymous conversation; `first` is the one who found, `second` the one who waited."""

    id: ChatId
    first: Address
    second: Address
    started: float
    """Unix seconds by the clock of Redis."""

    def side_of(self, user: UserId) -> Address:
        """Where this member of the chat is talked to."""
        return self.first if user == self.first.user else self.second

    def partner_of(self, user: UserId) -> Address:
        return self.second if user == self.first.user else self.first
