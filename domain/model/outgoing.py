"""What we ask Telegram to do, and how it ended. `transport/calls/methods.py` turns these into Telegram's methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from domain.model.content import Content
from domain.model.ids import ChatId, MessageId, UserId


class Lane(IntEnum):
    """Who goes first when a bot's budget is short; within one recipient the order is always first in, first out."""

    ANSWER = 0
    RELAY = 1
    NOTICE = 2
    BROADCAST = 3


class Menu(StrEnum):
    """The reply keyboard that follows the user's state (M5)."""

    NONE = "none"
    MAIN = "main"
    SEARCHING = "searching"
    CHATTING = "chatting"


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message. `label` is a text id; exactly one of `data` (1 to 64 bytes) and `url` is set."""

    label: str
    data: str = ""
    url: str = ""
    arguments: Mapping[str, str | int] = field(default_factory=dict)


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A text of ours: id in the catalogue, its arguments, and a keyboard (reply `menu` or inline `buttons`, not both)."""

    text: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    language: str = "en"
    menu: Menu | None = None
    buttons: Rows = ()


Body = Notice | Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A new message.

    `key` is the idempotency key: two sends with the same key are one message, also after a crash (Telegram's `random_id`
    is a keyed hash of it). `chat` marks a relay: it is thrown away, not sent, once that chat is discarded.
    """

    to: UserId
    key: str
    keys: tuple[str, ...] = ()
    """Of an album: the key of each of its parts, in order."""
    body: Body
    lane: Lane
    reply_to: MessageId | None = None
    chat: ChatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    to: UserId
    message: MessageId
    body: Body
    lane: Lane
    chat: ChatId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPress:
    """Ends the button's spinner (`messages.setBotCallbackAnswer`), with a short text where there is something to say."""

    query: int
    text: str = ""
    """A text id, or empty."""
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    language: str = "en"
    alert: bool = False


Outgoing = Send | Edit | AnswerPress


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Done. `message` is the id in the recipient's chat with the bot; None where Telegram says that it had been sent before."""

    message: MessageId | None = None
    album: tuple[MessageId, ...] = ()
    """Of an album: the id of each of its parts, in order."""


class Why(StrEnum):
    GONE = "gone"
    """The user blocked the bot, deleted the account or is unknown to Telegram: end the chat."""
    FLOOD = "flood"
    """Telegram asks for more patience than `pacing.max_park_seconds`."""
    REFUSED = "refused"
    """Telegram will not take this message (its own error name is in `detail`)."""
    DISCARDED = "discarded"
    """The chat that it belonged to ended first."""
    STALE = "stale"
    """This process may no longer speak for the bot (lease lost, token revoked, stopping): do not confirm the update."""
    UNREACHABLE = "unreachable"
    """No answer in time, from Telegram or a store, also after the retries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    why: Why
    detail: str = ""
    retry_after: float = 0.0
    """Seconds; set for FLOOD."""


Outcome = Sent | NotSent
