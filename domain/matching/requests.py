"""Requests to the pool, and its answers. The pool knows everybody who waits or chats.

Every request is one atomic decision, made by one Lua script in `storage/redis/lua/pool/`. `domain/matching/rules.py` decides the
same in Python, as the oracle of the tests. Times are Unix seconds by the pool's clock (Redis TIME). No request has a time.

A feature may add a request of its own: a subclass of `Decision`, with a row in the table of the store
(`storage/redis/pool/decisions.py`) and in that of the oracle (`domain/matching/rules.py`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self

from domain.ask import Ask
from domain.model.bot import Lease
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed
from domain.model.profile import AgeBand, Gender, Wishes
from domain.trust.reports import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """Somebody who looks for a partner. People meet only within one `scope`: with cross-bot matching it is the same for
    everybody; without, it is the bot's id.
    """

    address: Address
    gender: Gender
    band: AgeBand
    vip: bool = False
    wishes: Wishes = Wishes()
    scope: str = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The update that a request comes from. It makes requests idempotent, for updates that come again after a crash: where the
    pool has already had a request by this or a later update of the same user and bot, nothing changes, and the answer is the
    status.
    """

    lease: Lease
    """A former owner of the bot is answered `Fenced`."""
    pts: Pts | None = None
    """None for pressed buttons, which Telegram does not number."""


UNMARKED = Mark(lease=Lease(bot=BotId(0), owner="", token=0))
"""The mark of a request that is not stamped yet."""
UNNAMED = ChatId("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Ask["Answer"]):
    """A request to the pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Request, ABC):
    """A request that may change something. The session machine makes it, and the session stamps it before it is sent."""

    SETTLES_FIRST: ClassVar[bool] = False
    """Whether the user's earlier messages must have arrived at the partner, or failed, before this is sent."""

    mark: Mark = UNMARKED
    unmarked: bool = False
    """Sent with a mark without pts, so that it is decided also where the pool has had a request by this or a later update."""

    @property
    @abstractmethod
    def asker(self) -> Address: ...

    def stamped(self, mark: Mark, chat: ChatId) -> Self:  # noqa: ARG002 - for requests that make a chat
        """The request with what only the session knows: the mark, and a new id for the chat that this may make."""
        return replace(self, mark=replace(mark, pts=None) if self.unmarked else mark)


@dataclass(frozen=True, slots=True, kw_only=True)
class Find(Decision):
    """Pair the seeker with the best waiting partner, or let the seeker wait. With `leaving` (for /next) that chat is ended first,
    in the same decision; where the partner has locked it the answer is `LockedIn`, and nothing changes.
    """

    SETTLES_FIRST: ClassVar[bool] = True

    seeker: Seeker
    chat: ChatId = UNNAMED
    """A new id for the chat that this may make."""
    leaving: ChatId | None = None
    priority: bool = False
    """Wait in front of everybody: the seeker has lost a partner through no fault of their own."""

    @property
    def asker(self) -> Address:
        return self.seeker.address

    def stamped(self, mark: Mark, chat: ChatId) -> Self:
        return replace(self, mark=mark, chat=chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSearch(Decision):
    """Change the wishes of a search, which keeps its waiting time. It pairs at once where the new wishes allow it. Nothing
    changes for somebody who does not wait.
    """

    seeker: Seeker
    chat: ChatId = UNNAMED
    """A new id for the chat that this may make."""
    silent: bool = False
    """Whether the user is told nothing of it."""

    @property
    def asker(self) -> Address:
        return self.seeker.address

    def stamped(self, mark: Mark, chat: ChatId) -> Self:
        return replace(self, mark=mark, chat=chat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancel(Decision):
    """End the search."""

    address: Address
    silent: bool = False
    """The user is told nothing, because they have blocked the bot."""

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Decision):
    """End the chat; nothing changes where it is not the current one. The partner is told by an event. Where `why` is GONE both
    are, because then neither asked for the end. Where the partner has locked the chat and this is `by_choice`, the answer is
    `LockedIn`, and nothing changes.
    """

    SETTLES_FIRST: ClassVar[bool] = True

    address: Address
    chat: ChatId
    why: ChatEnd
    silent: bool = False
    """Whoever leaves is told nothing."""

    @property
    def asker(self) -> Address:
        return self.address

    @property
    def by_choice(self) -> bool:
        """Whether a member asks for it who would rather talk to somebody else. A silent request is the program's own."""
        return self.why in {ChatEnd.STOPPED, ChatEnd.NEXT} and not self.silent

    @property
    def partner_is_gone(self) -> bool:
        """Whether the reason is the partner. A silent request is about the asker, who is gone, and cannot be told."""
        return self.why is ChatEnd.GONE and not self.silent


@dataclass(frozen=True, slots=True, kw_only=True)
class Separate(Decision):
    """Never pair these two again, and end their chat where it is the current one; the partner is told of the end by an event,
    whose reason is BLOCKED after a report too. The asker's bot gets the event `Separated`, by which it is recorded and the report
    is booked: in the same step, so that neither is lost where the process dies. Asked again it changes nothing, and that event
    comes again. Where the two talk again by now, in another chat than the one that is meant, that chat ends too, and an event
    tells the asker.

    What was said before need not arrive first: whoever reports somebody is out of the chat at once.
    """

    address: Address
    partner: Address
    chat: ChatId
    """The chat with that partner, which may be over."""
    why: ChatEnd
    """BLOCKED or REPORTED. A separation by a report is never lifted."""
    reason: Reason | None = None
    """Of a report."""
    marked: MessageId | None = None
    """The message that was reported, by the asker's number."""
    pressed: ButtonPressed | None = None
    """Of the button that asked for it."""

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftBlock(Decision):
    """The two may be paired again, unless the other blocks the asker too, or a report keeps them apart."""

    address: Address
    other: UserId
    pressed: ButtonPressed
    """Of the button that asked for it."""

    @property
    def asker(self) -> Address:
        return self.address


@dataclass(frozen=True, slots=True, kw_only=True)
class GetStatus(Request):
    """Whether somebody is free, waits or chats. Changes nothing."""

    user: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Somebody's status in the pool after a request."""

    marks: dict[BotId, Pts]
    """Bot → the last update of this user that made a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Free(Standing):
    """Neither waiting nor chatting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Standing):
    since: float
    """Unix seconds."""
    bot: BotId
    """The bot where the search began. A person has one search at most, at whichever bot."""
    fresh: bool = False
    """True where this request began the search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired(Standing):
    chat: Chat
    fresh: bool = False
    """True where this request made the chat."""
    locked_until: float = 0.0
    """Until when the partner's lock keeps the user in the chat, in Unix seconds by the pool's clock; 0 where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedIn(Paired):
    """The request would have ended a chat that the partner has locked. Nothing was changed, and the mark was not noted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banned(Standing):
    until: float
    """Unix seconds; infinity for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fenced:
    """The lease is not ours, or no longer. Nothing was changed."""


Answer = Standing | Fenced
"""A feature's own decision may answer with a subclass of `Standing`."""


class Memory(StrEnum):
    """What the pool's server remembers."""

    INTACT = "intact"
    RESTARTED = "restarted"
    """It was restarted or failed over since the last reconciliation, and may have lost its last moment."""
    WIPED = "wiped"
    """It has lost everything."""
