"""What a session decides to do. `actors/session/actor.py` carries these out in order, through the ports."""

from __future__ import annotations

from dataclasses import dataclass

from domain.matching.requests import Decision
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Content
from domain.model.ids import Address, ChatId, MessageId
from domain.model.inbound import ButtonPressed
from domain.model.outgoing import AnswerPress, Notice
from domain.model.profile_changes import ProfileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Tell the user something. `key` makes it one message however often it is decided (after a crash, or by two ways to
    the same fact); empty: the update that is being answered and the place among its answers are the key.
    """

    notice: Notice
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Change what the bot said earlier; buttons that the notice does not have go away."""

    message: MessageId
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """End the spinner of a pressed button."""

    press: AnswerPress


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeProfile:
    change: ProfileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckChannels:
    """Ask Telegram whether the user is in the required channels; comes back as `ChannelsChecked`, with the same values."""

    searching: bool
    pressed: ButtonPressed | None = None
    """*I joined*, where that is what asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """Ask the pool for a decision; comes back as `Decided`. The session stamps the request (`Decision.stamped`)."""

    request: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowProgress:
    """One message that tells of the wait and changes as it goes on; where the bot has no budget to spare it does not change."""

    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """Carry a message to the partner; a failure comes back as `NotRelayed`. Ids are in the user's own numbering."""

    chat: ChatId
    to: Address
    message: MessageId
    content: Content
    reply_to: MessageId | None = None
    edit: bool = False
    """Change what `message` became at the partner's, instead of sending anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseEdit:
    """Tell why a change of `message` is not passed on. Nothing is told where the partner never got that message."""

    message: MessageId
    notice: Notice


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChat:
    """Write the chat's row, before anybody is told of it."""

    chat: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEnd:
    chat: ChatId
    why: ChatEnd


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSearch:
    """Note in the records that a search began or is over, for the case that the pool loses its memory. Of one that is over the
    note is kept until the user has been told: a pool that forgets has forgotten also the event that tells them.
    """

    searching: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduce:
    """Look the partner's card up and show it."""

    chat: Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRelays:
    """Whatever of that chat still waits to be sent to the user is thrown away, and the message map forgotten."""

    chat: ChatId


Effect = (
    Say
    | Amend
    | Answer
    | ChangeProfile
    | CheckChannels
    | Decide
    | ShowProgress
    | Relay
    | RefuseEdit
    | RecordChat
    | RecordEnd
    | NoteSearch
    | Introduce
    | DropRelays
)
