"""What crosses from one process to another, by the stream of the bot it concerns (`events:<bot>`).

At least once: a reader acknowledges after the event's effects are done, and treats a repeat as done (idempotent by id).
`storage/redis/event_stream.py` writes and reads them; the scripts that pair and part users append theirs in the same step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.ask import Ask
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Content
from domain.model.ids import Address, ChatId, MessageId, Pts, UserId
from domain.model.outgoing import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """`user` has a partner."""

    user: UserId
    chat: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEnded:
    """`user`'s chat was ended, by somebody else than this user's own request."""

    user: UserId
    chat: ChatId
    why: ChatEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchEnded:
    """`user`'s search was ended, and nobody was found."""

    user: UserId
    lost: bool = False
    """True where the pool lost its memory, False where the time was up."""
    began: float = 0.0
    """Unix seconds; set for lost ones, to tell one loss from the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expelled:
    """`user` was banned, which ended their chat or search."""

    user: UserId
    until: float | None
    """Unix seconds; None for ever."""
    chat: ChatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayedMessage(Ask[Outcome]):
    """What `user`'s partner said, on its way to `user`: asked of their session where both are served by one process, appended to
    the stream of their bot where not. `source` and `message` are the sender's, for the key and for the way back of
    `DeliveryReceipt`.
    """

    user: UserId
    chat: ChatId
    source: Address
    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    """In `user`'s own numbering."""
    edits: MessageId | None = None
    """Set where this changes a message, in `user`'s own numbering."""
    pts: Pts | None = None
    """Of the update that said it, in the log of the sender's bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """The way back of Carried: `user`'s message `mine` is the partner's message `theirs`; None where that is not known, because
    it had been sent before, or it could not be sent.
    """

    user: UserId
    chat: ChatId
    mine: MessageId
    theirs: MessageId | None
    why: str = ""
    """domain.model.outgoing.Why where it could not be sent, else empty."""
    detail: str = ""
    """Of that: domain.model.outgoing.NotSent."""
    retry_after: float = 0.0
    """Of that too."""
    edit: bool = False
    """It was about a change of `mine`."""
    pts: Pts | None = None
    """Of the update that said it: where the chat ends by this, it is not heard again."""
    album: tuple[tuple[MessageId, MessageId], ...] = ()
    """Mine and theirs of each part of an album."""


Event = Matched | ChatEnded | SearchEnded | Expelled | RelayedMessage | DeliveryReceipt


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChanged:
    """For every process, not by a bot's stream: what is remembered of this person is old."""

    SYSTEM: ClassVar[bool] = True

    user: UserId
    ours: bool = False
    """Changed by this process, whose cache knows it already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigChanged:
    """For every process: something was saved at run time."""

    section: str
    version: int


READ_AT_MOST = 100
"""Entries of one bot handed out by one read: fewer mean that there were no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event as read from a stream; `id` is what is acknowledged."""

    id: str
    event: Event
