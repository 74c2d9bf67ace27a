"""What is asked of the pool of waiting and talking users, and what it answers.

Every request is one atomic decision (one Lua script in `storage/redis/lua/`); `domain/matching/rules.py` decides the same in
Python and is the oracle of the tests. Times are Unix seconds by the pool's own clock (Redis TIME); no request carries one.

Requests are open: a feature may bring its own. It subclasses `Decision`, and adds a row to the table of the store
(`storage/redis/pool_scripts.py`) and to that of the oracle (`domain/matching/rules.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

from domain.ask import Ask
from domain.model.bot import Lease
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, BotId, ChatId, Pts, UserId
from domain.model.profile import AgeBand, Gender, Wishes


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


UNMARKED = Mark(lease=Lease(bot=BotId(0), owner="", token=0))
"""Of a request that is not stamped yet."""
UNNAMED = ChatId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Ask["Answer"]):
    """What can be asked of the pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Request, ABC):
    """A request that changes something. The session machine makes it; the session stamps it before it is asked."""

    SETTLES_FIRST: ClassVar[bool] = False
    """What the user said before must have arrived at the partner first (or failed)."""

    mark: Mark = UNMARKED
    unmarked: bool = False
    """Carried out also where the pool has heard this or a later update of the user: its mark has no place in the log."""

    @property
    @abstractmethod
    def asker(self) -> Address: ...

    def stamped(self, mark: Mark, chat: ChatId) -> Self:  # noqa: ARG002 - for those that make a chat
        """With what only the session knows: the mark, and a fresh id for a chat that this may make."""
        return replace(self, mark=replace(mark, pts=None) if self.unmarked else mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Find(Decision):
    """Pair the seeker with the best waiting partner, or let him wait. With `leaving` set, that chat is ended first, in the
    same step (Next).
    """

    SETTLES_FIRST: ClassVar[bool] = True

    seeker: Seeker
    chat: ChatId = UNNAMED
    """A fresh id for the chat that this may make."""
    leaving: ChatId | None = None
    priority: bool = False
    """Wait in front of everybody (a partner was lost through no fault of the seeker's)."""

    @property
    def asker(self) -> Address:
        return self.seeker.address

    def stamped(self, mark: Mark, chat: ChatId) -> Self:
        return replace(self, mark=mark, chat=chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSearch(Decision):
    """Change the wishes of a search that goes on (widen); it keeps its waiting time. Pairs at once where the new wishes
    allow it; somebody who is not waiting is left as they stand.
    """

    seeker: Seeker
    chat: ChatId = UNNAMED
    """A fresh id for the chat that this may make."""

    @property
    def asker(self) -> Address:
        return self.seeker.address

    def stamped(self, mark: Mark, chat: ChatId) -> Self:
        return replace(self, mark=mark, chat=chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Decision):
    """Stop waiting."""

    address: Address
    silent: bool = False
    """The user blocked the bot: nothing can be told."""

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Decision):
    """End a chat; idempotent by chat id. The other side learns of it by an event; both do where somebody is gone, for then
    nobody asked for the end.
    """

    SETTLES_FIRST: ClassVar[bool] = True

    address: Address
    chat: ChatId
    why: ChatEnd
    silent: bool = False
    """Nothing is told to whoever leaves."""

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStatus(Request):
    """Where somebody stands; changes nothing."""

    user: UserId


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


Answer = Standing | Fenced
"""A decision of a feature may have a `Standing` of its own."""


class Memory(StrEnum):
    """What the pool's server remembers."""

    INTACT = "intact"
    RESTARTED = "restarted"
    """It was restarted or failed over since the last reconciliation, perhaps without its last moment."""
    WIPED = "wiped"
    """It knows nothing."""
