"""What a person did, as read from Telegram. `transport/updates/reading.py` makes these; sessions consume them.

`pts` is the update's number: it is confirmed (`domain.ports.telegram.Telegram.confirm`) once the update's effects are done.
Numbers of messages rise as they were written; an edit's is not to be compared with them. Presses and stops have none: Telegram
does not number presses, and stops stand in a log of their own, which `transport/updates/inbox.py` keeps.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.content import Content
from domain.model.ids import MessageId, Pts, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """An ordinary message."""

    user: UserId
    pts: Pts
    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    album: int = 0
    """Parts of one album have the same number, and come one by one; 0: it stands alone."""
    places: tuple[Pts, ...] = ()
    """Of an album that was gathered: the place of each of its parts."""
    language: str = "en"
    date: float = 0.0
    """When it was written, in Unix seconds by Telegram's clock; 0 where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandReceived:
    """A slash command, or a button of the reply keyboard (Telegram sends its label as text; the catalogue knows which).

    `name` has no slash and is lower case: "start", "find". `argument` is the rest of the line, stripped.
    `content` is the message as it was typed.
    """

    user: UserId
    pts: Pts
    message: MessageId
    name: str
    argument: str = ""
    content: Content
    language: str = "en"
    date: float = 0.0
    """When it was written, in Unix seconds by Telegram's clock; 0 where that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited:
    """A message of theirs was changed (`updateEditMessage`)."""

    user: UserId
    pts: Pts
    message: MessageId
    content: Content
    date: float = 0.0
    """When it was changed; as above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    """A button under a message (`updateBotCallbackQuery`). `data` is untrusted: anything can be sent."""

    user: UserId
    query: int
    message: MessageId
    data: str
    pts: None = None
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotBlocked:
    """They blocked the bot (`updateBotStopped`)."""

    user: UserId
    pts: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BotUnblocked:
    """They unblocked the bot."""

    user: UserId
    pts: None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """An update with a place in the log and nothing for us in it; only its pts is to be confirmed."""

    pts: Pts


Inbound = MessageReceived | CommandReceived | MessageEdited | ButtonPressed | BotBlocked | BotUnblocked
