"""Calls to Telegram, and their outcomes. `transport/calls/methods.py` turns them into Telegram's methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from domain.model.content import Content
from domain.model.ids import ChatId, MessageId, UserId


class Lane(IntEnum):
    """The priority of a call when a bot's rate limit is reached. Calls to one recipient always keep their order."""

    ANSWER = 0
    RELAY = 1
    NOTICE = 2
    BROADCAST = 3


class Menu(StrEnum):
    """The reply keyboard, which depends on the user's state (M5)."""

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
    """A text of the bot itself: its id, its arguments, and a keyboard: reply `menu` or inline `buttons`, not both."""

    text: str
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    language: str = "en"
    menu: Menu | None = None
    buttons: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice in Stars. It can be paid once, in the chat with the bot (`start_parameter`). A subscription, whose `period` in
    seconds is not 0, cannot be sent: it is a link (`domain.payments.calls.ExportInvoice`).
    """

    words: str
    """The catalogue's words are the texts `WORDS-title` and `WORDS-description`."""
    quantity: int
    """Their argument: days of VIP, or credits."""
    title: str = ""
    """1 to 32 characters. Empty: the words of the catalogue."""
    description: str = ""
    """1 to 255 characters. Empty: the words of the catalogue."""
    language: str = "en"
    stars: int
    payload: bytes
    """1 to 128 bytes. Only the bot sees it."""
    start_parameter: str = ""
    period: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file of the bot's own making. It is uploaded from here and kept nowhere."""

    name: str
    mime: str
    data: bytes


Body = Notice | Invoice | Content | Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """A new message.

    `key` is the idempotency key: two sends with the same key make one message, also after a crash, because Telegram's `random_id`
    is a keyed hash of it. `to` may also be a group or channel, by its id as people see it, which
    is below zero. `chat` is set for a relay: it is dropped where that chat is discarded before it is sent.
    """

    to: UserId
    key: str
    keys: tuple[str, ...] = ()
    """Of an album: the key of each part, in order."""
    body: Body
    lane: Lane
    reply_to: MessageId | None = None
    chat: ChatId | None = None
    protected: bool = False
    """Whether it can be neither forwarded nor saved."""
    by_upload: bool = False
    """Whether its files go by upload where they have to be copied, and never into the media channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    to: UserId
    message: MessageId
    body: Body
    lane: Lane
    chat: ChatId | None = None
    by_upload: bool = False
    """As in `Send`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPress:
    """Ends the spinner of a pressed button (`messages.setBotCallbackAnswer`), and may show a short text."""

    query: int
    text: str = ""
    """A text id, or empty."""
    arguments: Mapping[str, str | int] = field(default_factory=dict)
    language: str = "en"
    alert: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Take a message of the bot back, also on the user's side. One that is gone already counts as sent."""

    to: UserId
    message: MessageId
    lane: Lane
    chat: None = None
    """It belongs to no chat, so it is never discarded."""


Outgoing = Send | Edit | Delete | AnswerPress


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It was sent. `message` is its id in the recipient's chat with the bot; None where Telegram says that it had been sent
    before.
    """

    message: MessageId | None = None
    album: tuple[MessageId, ...] = ()
    """Of an album: the id of each part, in order."""


class Why(StrEnum):
    GONE = "gone"
    """The user blocked the bot, deleted the account or is unknown to Telegram. The chat must end."""
    FLOOD = "flood"
    """Telegram demands a wait longer than `pacing.max_park_seconds`."""
    REFUSED = "refused"
    """Telegram refuses this message; `detail` has Telegram's name of the error."""
    DISCARDED = "discarded"
    """Its chat ended first."""
    STALE = "stale"
    """This process may no longer send for the bot: the lease is lost, the token is revoked, or it stops. The update must not be
    confirmed."""
    UNREACHABLE = "unreachable"
    """Telegram or a store did not answer in time, also after retries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotSent:
    why: Why
    detail: str = ""
    retry_after: float = 0.0
    """Seconds; set for FLOOD."""


Outcome = Sent | NotSent
