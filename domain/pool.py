"""What is asked of the pool of waiting and talking users, and what it answers.

Every request is one atomic decision (one Lua script in `storage/lua/`); `domain/matching.py` decides the same in Python and
is the oracle of the tests. Times are Unix seconds by the pool's own clock (Redis TIME); no request carries one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.values import Address, AgeBand, BotId, Chat, ChatEnd, ChatId, Gender, Lease, Pts, UserId, Wishes


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Somebody who looks for a partner. `scope` keeps searches apart: users meet only within one scope (cross-bot
    matching on: the same for everybody; off: the bot's id).
    """

    address: Address
    gender: Gender
    band: AgeBand
    vip: bool = False
    wishes: Wishes = Wishes()
    scope: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The update that makes a change. A change that was already made by this or a later update of the same user and bot is
    not made again: it answers with the state as it stands (redelivery after a crash).
    """

    lease: Lease
    """Checked: a bot's former owner is refused with `Fenced`."""
    pts: Pts | None = None
    """None for presses, which have no place in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Pair the seeker with the best waiting partner, or let him wait. With `leaving` set, that chat is ended first, in the
    same step (Next).
    """

    seeker: Seeker
    chat: ChatId
    """A fresh id for the chat that this may make."""
    mark: Mark
    leaving: ChatId | None = None
    at_head: bool = False
    """Wait in front of everybody (a partner was lost through no fault of the seeker's)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewish:
    """Change the wishes of a search that goes on (widen); it keeps its waiting time. Pairs at once where the new wishes
    allow it; somebody who is not waiting is left as they stand.
    """

    seeker: Seeker
    chat: ChatId
    """A fresh id for the chat that this may make."""
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel:
    """Stop waiting."""

    address: Address
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """End a chat; idempotent by chat id. The other side learns of it by an event; both do where somebody is gone, for then
    nobody asked for the end.
    """

    address: Address
    chat: ChatId
    why: ChatEnd
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Where somebody stands; changes nothing."""

    user: UserId


Request = Find | Rewish | Cancel | Leave | Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where somebody stands in the pool after a request."""

    marks: dict[BotId, Pts]
    """For each bot, the last update of this user that changed something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Free(Standing):
    """Neither waiting nor talking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Standing):
    since: float
    bot: BotId
    """The bot where the search began; a person waits once, whichever bot they write to."""
    fresh: bool = False
    """True where this request put them in the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired(Standing):
    chat: Chat
    fresh: bool = False
    """True where this request made the chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banned(Standing):
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """The lease is not (or no longer) ours: nothing was changed."""


Answer = Free | Waiting | Paired | Banned | Fenced


class Memory(StrEnum):
    """What the pool's server remembers."""

    INTACT = "intact"
    RESTARTED = "restarted"
    """It was restarted or failed over since the last reconciliation, perhaps without its last moment."""
    WIPED = "wiped"
    """It knows nothing."""
