"""People as operators see them: lists, one person, and what operators do about them. `control/people.py` provides it. Each method
raises `domain.errors.Unavailable`. Times are Unix seconds. Never what somebody wrote in a chat.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from typing import Protocol

from domain.model.ban import Ban
from domain.model.ids import BotId, ChatId, UserId
from domain.model.profile import AgeBand, Gender
from domain.ports.moderation import Standing
from domain.ports.review import Appeal, Audited, Operator, Person
from domain.trust.standing import Votes


class Place(StrEnum):
    MENU = "menu"
    """Neither searching nor chatting, as far as the records know."""
    SEARCHING = "searching"
    CHATTING = "chatting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where somebody is now."""

    place: Place = Place.MENU
    since: float = 0.0
    """0 for the menu."""
    bot: BotId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A person as a row of a list."""

    user: UserId
    language: str
    gender: str
    """Empty where it was not given."""
    age: int | None
    minor: bool
    joined: float
    seen: float
    """When they last woke a bot, to the hour; 0 where that is not known."""
    bot: BotId | None
    """The bot of `seen`."""
    chats: int
    """Those on record: chats that have ended are deleted after 90 days."""
    vip_until: float
    banned_until: float
    held: bool
    now: Whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whom a list has: those of whom all of this is true. None asks for nothing."""

    user: UserId | None = None
    gender: Gender | None = None
    band: AgeBand | None = None
    language: str | None = None
    vip: bool | None = None
    banned: bool | None = None
    minor: bool | None = None
    reported: bool | None = None
    """Whether nobody has decided yet on a report of them."""
    bot: BotId | None = None
    """At which they were seen last."""
    joined_from: float | None = None
    joined_before: float | None = None
    seen_from: float | None = None
    seen_before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """One of several people, before something is done to all of them."""

    user: UserId
    known: bool
    """Whether they have a profile."""
    banned_until: float
    """0 where they are not banned."""
    chatting: bool


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of a list begins: after the row with this time and id."""

    at: float = inf
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonsChat:
    """A chat as one of its members had it."""

    chat: ChatId
    bot: BotId
    partner: UserId
    """Below zero for somebody who had their data deleted."""
    started: float
    ended: float | None
    why: str
    """How it ended; empty while it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that is recorded of somebody."""

    user: UserId
    person: Person | None
    """None where nobody with this id has a profile."""
    ban: Ban | None
    """The last one, also where it is over; None where it was lifted."""
    vip_until: float
    standing: Standing
    votes: Votes
    """What those think who chatted with them."""
    bots: Sequence[BotId]
    """The one where they chatted last is the first."""
    appeals: Sequence[Appeal]
    acts: Sequence[Audited]
    """The last ones of operators."""


class People(Protocol):
    async def listed(self, wanted: Wanted, after: After, count: int) -> Sequence[Listed]:
        """Those who joined last come first."""
        ...

    async def counted(self, wanted: Wanted, most: int) -> int:
        """Not beyond `most`."""
        ...

    async def chats(self, user: UserId, after: After, count: int) -> Sequence[PersonsChat]:
        """The newest first."""
        ...

    async def look(self, user: UserId) -> Known | None:
        """None where nothing is recorded."""
        ...

    async def pick(self, users: Sequence[UserId]) -> Sequence[Picked]:
        """How these stand, in the same order; some hundred at most."""
        ...

    async def ban(self, user: UserId, hours: float, reason: str, operator: Operator) -> Ban:
        """`hours`: infinity for good. `reason`: a code that every language has words for, or words of one's own; the person
        reads either. Replaces an earlier ban. Also of somebody who has never been here.
        """
        ...

    async def ban_in(self, user: UserId, hours: float, reason: str, operator: Operator, *, batch: str) -> bool:
        """The same, as one of many. False where this person was banned in that batch before: nothing is changed."""
        ...

    async def undo_ban(self, user: UserId, operator: Operator) -> bool:
        """Take back the ban that this operator has just made: things stand as before it. False where it was not the last act on
        this person, or was made too long ago.
        """
        ...

    async def unban(self, user: UserId, operator: Operator) -> bool:
        """Lift ban and hold; undecided reports of the person are rejected. False where there was neither."""
        ...

    async def grant(self, user: UserId, days: int, operator: Operator) -> float | None:
        """Until when VIP lasts now. None where nobody with this id has a profile."""
        ...

    async def write(self, user: UserId, text: str, operator: Operator) -> bool:
        """A message by the bot where they were last. False where no bot knows them."""
        ...

    async def warn(self, user: UserId, reason: str, operator: Operator) -> bool:
        """A warning with a reason that every language has words for, by the bot where they were last. False where no bot knows
        them.
        """
        ...

    async def end_chat(self, user: UserId, operator: Operator) -> bool:
        """End the chat that they are in, locked or not. Both members are told. False where they are in none."""
        ...

    async def export(self, user: UserId, operator: Operator) -> bytes:
        """The JSON document that /export sends."""
        ...

    async def erase(self, user: UserId, operator: Operator) -> bool:
        """Begin what /delete_me does: a bot carries it out within seconds. False where no bot knows them."""
        ...
