"""Updates: what a person did, as read from Telegram. `transport/updates/reading.py` makes them, and sessions handle them.

`pts` is the update's number. It is confirmed once the update's effects are done (`domain.ports.telegram.Telegram.confirm`).
Numbers of messages rise in the order of writing. An edit's number must not be compared with them. Pressed buttons have none,
because Telegram does not number them. Blocking and unblocking have none either: they are in a log of their own, which
`transport/updates/inbox.py` reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from domain.model.content import Content
from domain.model.ids import MessageId, Pts, UserId
from domain.payments.updates import PaymentUpdate

NAMES = "names"
"""The command, and the prefix of the button's data, by which somebody gives their user name to the partner. No other update has
the user name of a person.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """An ordinary message."""

    user: UserId
    pts: Pts
    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    album: int = 0
    """Parts of one album have the same number, and come one by one. 0: no part of an album."""
    places: tuple[Pts, ...] = ()
    """Of an album that was put together: the pts of each part."""
    language: str = "en"
    date: float = 0.0
    """When it was written, in Unix seconds by Telegram's clock; 0 where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReceived:
    """A slash command, or a button of the reply keyboard, which Telegram sends as a text with the button's label.

    `name` has no slash and is lower case: "start", "find"; "stop@other_bot" where it is for another bot. `argument` is the
    rest of the text, stripped.
    `content` is the message as it was written.
    """

    user: UserId
    pts: Pts
    message: MessageId
    name: str
    argument: str = ""
    content: Content
    reply_to: MessageId | None = None
    language: str = "en"
    date: float = 0.0
    """When it was written, in Unix seconds by Telegram's clock; 0 where that is not known."""
    username: str = field(default="", repr=False)
    """The person's, without the @. Empty where they have none, and for any command but `NAMES`."""
    lacks: int = 0
    """How much of an ordinary account its sender lacks: a username, a photo, a language of the app (0 to 3)."""
    marked: str = ""
    """How Telegram marks the sender's account: scam or fake; empty where it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """The person edited a message (`updateEditMessage`)."""

    user: UserId
    pts: Pts
    message: MessageId
    content: Content
    date: float = 0.0
    """When it was edited, as in `MessageReceived`."""
    written: float = 0.0
    """When it was first written, as in `MessageReceived`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """The person pressed a button under a message (`updateBotCallbackQuery`). `data` is untrusted: a client can send anything."""

    user: UserId
    query: int
    message: MessageId
    data: str
    pts: None = None
    language: str = "en"
    username: str = field(default="", repr=False)
    """The person's, without the @. Empty where they have none, and for any button but that of `NAMES`."""


OPERATOR = "operator:"
"""Begins the data of buttons in the operators' chat, which may be a group or a channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorPressed:
    """Somebody pressed a button whose data begins with `OPERATOR`, in whatever chat. Telegram vouches for `user` alone."""

    user: UserId
    query: int
    data: str
    """Without `OPERATOR`."""
    pts: None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotBlocked:
    """The person blocked the bot (`updateBotStopped`)."""

    user: UserId
    pts: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BotUnblocked:
    """The person unblocked the bot."""

    user: UserId
    pts: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """An update that nobody here takes. If it has a pts, that must still be confirmed.

    `kind` is one of:

    - service:NAME: a service message, by Telegram's name of its action, such as service:pin_message; or `PAYMENT`, or
      service:refunded_payment;
    - hidden_edit: an edit that no person made, such as a reaction;
    - press_elsewhere: a button that was pressed outside a private chat, and is none for operators;
    - unreadable: reading it failed, and the log says how;
    - other: the bot's own messages, groups, deletions and the like.
    """

    pts: Pts | None
    kind: str = "other"


PAYMENT = "service:successful_payment"
"""`Ignored.kind` of the message that says that a payment was made: the person's Stars were charged."""


FromPerson = MessageReceived | CommandReceived | MessageEdited | ButtonPressed | BotBlocked | BotUnblocked
"""What the sessions take."""
Inbound = FromPerson | PaymentUpdate | OperatorPressed
