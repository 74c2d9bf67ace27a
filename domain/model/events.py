"""Events that go from one process to another, through the stream of the bot that they concern.

Delivered at least once: the reader acknowledges an event after its effects are done, and may get it twice.
`storage/redis/streams/` writes and reads them. The scripts that begin and end chats append their events in the same step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.ask import Ask
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Content
from domain.model.ids import Address, ChatId, LockId, MessageId, Pts, UserId
from domain.model.lock import Lock
from domain.model.outgoing import Outcome
from domain.trust.reports import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """`user` got a partner."""

    user: UserId
    chat: Chat
    again: bool = False
    """Whether it is the last partner, whom both wished to talk to once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEnded:
    """`user`'s chat was ended, but not by a request of this user."""

    user: UserId
    chat: ChatId
    why: ChatEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEnded:
    """`user`'s search was ended without a partner."""

    user: UserId
    lost: bool = False
    """True where the pool has lost its memory, False where the search took too long."""
    began: float = 0.0
    """When the search began, in Unix seconds. Set where `lost`, to tell one loss from the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expelled:
    """`user` was banned, which ended their chat or search."""

    user: UserId
    until: float | None
    """Unix seconds; None for ever."""
    chat: ChatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Separated:
    """`user` has blocked or reported `partner`: what is left to do is to record it, and to book the report."""

    user: UserId
    partner: Address
    chat: ChatId
    why: ChatEnd
    """BLOCKED or REPORTED."""
    reason: Reason | None = None
    """Of a report."""
    marked: MessageId | None = None
    """The message that was reported, by `user`'s number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayedMessage(Ask[Outcome]):
    """A message of `user`'s partner, on its way to `user`. Where one process serves both, it goes straight to `user`'s session,
    else through the stream of their bot. `source` and `message` are the sender's. The idempotency key is made of them, and the
    `DeliveryReceipt` goes back there.
    """

    user: UserId
    chat: ChatId
    source: Address
    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    """The message that is replied to, by its number at `user`'s bot."""
    edits: MessageId | None = None
    """For an edit: the message to change, by its number at `user`'s bot."""
    pts: Pts | None = None
    """Of the sender's update."""
    digests: tuple[int, ...] = ()
    """Of `content`, by `domain.model.digest`: one for each message. Empty where the sender's process does not make them."""
    late: bool = False
    """For an edit: what `user`'s copy says until then is kept for a report."""
    protected: bool = False
    """Whether `user` can neither forward nor save it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """What became of a `RelayedMessage`, for its sender `user`: their message `mine` is the partner's message `theirs`. None
    where that is not known, because it had been sent before, or where it could not be sent.
    """

    user: UserId
    chat: ChatId
    mine: MessageId
    theirs: MessageId | None
    why: str = ""
    """The value of a domain.model.outgoing.Why where it could not be sent, else empty."""
    detail: str = ""
    """As in domain.model.outgoing.NotSent."""
    retry_after: float = 0.0
    """As in domain.model.outgoing.NotSent."""
    edit: bool = False
    """Whether it was an edit of `mine`."""
    pts: Pts | None = None
    """Of the sender's update. Where this ends the chat, the request has this mark."""
    album: tuple[tuple[MessageId, MessageId], ...] = ()
    """(mine, theirs) of each part of an album."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicGiven:
    """The same question for both members of a chat, to talk about."""

    user: UserId
    chat: ChatId
    number: int
    """Which one, modulo the count of questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesOffered:
    """A member of the chat would like to exchange names: `user` where `mine`, else the partner of `user`."""

    user: UserId
    chat: ChatId
    mine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesShown:
    """Both members of the chat want to exchange names."""

    user: UserId
    chat: ChatId
    name: str
    """The user name of the partner, without the @."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLocked:
    """`user`'s chat was locked: by `user` where `owner` is the same, else by the partner, and then `user` cannot leave it."""

    user: UserId
    chat: ChatId
    lock: LockId
    owner: UserId
    until: float
    """Unix seconds by the clock of Redis."""
    extended: bool = False
    """Whether the owner had locked it before, until an earlier time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockEnded:
    """The time of all locks by `owner` in `user`'s chat is over."""

    user: UserId
    chat: ChatId
    owner: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class LockBroken:
    """A chat ended before `user`'s lock of it: what is left to do is to give unused minutes back."""

    user: UserId
    """The owner."""
    lock: Lock
    ended: float
    """When the chat ended, in Unix seconds by the clock of Redis."""
    why: ChatEnd
    by: UserId | None
    """The member who ended it or was the reason: who left, reported or blocked the other, was banned, or is gone. None where
    neither is.
    """


Event = (
    Matched
    | ChatEnded
    | SearchEnded
    | Expelled
    | Separated
    | RelayedMessage
    | DeliveryReceipt
    | TopicGiven
    | NamesOffered
    | NamesShown
    | ChatLocked
    | LockEnded
    | LockBroken
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """News for every process: this person's profile has changed, so a cached one is outdated."""

    SYSTEM: ClassVar[bool] = True

    user: UserId
    ours: bool = False
    """Whether this process changed it; then its cache has the change already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged:
    """News for every process: a section of the configuration was saved."""

    section: str
    version: int


READ_AT_MOST = 100
"""Entries of one bot in one read, at most. Fewer mean that there were no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as read from a stream; `id` is what is acknowledged."""

    id: str
    event: Event
