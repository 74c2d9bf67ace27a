"""What is known of one person's conversation with one bot."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts
from domain.model.limits import Bucket
from domain.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Idle:
    """Neither searching nor chatting."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Searching or chatting at another bot."""

    bot: BotId
    chatting: bool


@dataclass(frozen=True, slots=True)
class Searching:
    since: float
    asked_to_widen: bool = False


@dataclass(frozen=True, slots=True)
class Chatting:
    chat: Chat
    introduced: bool = True
    """False after a crash, until it is known that the user was told of the partner."""
    refused: tuple[MessageId, ...] = ()
    """The last messages that could not be passed on: of each the user was told, and is not told again when it changes."""


Place = Idle | Elsewhere | Searching | Chatting


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    address: Address
    profile: Profile | None = None
    place: Place = Idle()
    last_pts: Pts | None = None
    """The last update of this user at this bot that changed something in the pool, as of the last look at the pool."""
    flood: Bucket | None = None
    warned: float = 0.0
    """When they were last told to slow down."""
    told_banned: float = 0.0
    """When they were last told that they are banned."""
    lost_partner: bool = False
    """The last partner was lost through no fault of theirs: the next search goes first."""
    ended: ChatId | None = None
    """The last chat of whose end they were told."""
    left: ChatId | None = None
    """The last chat that they left themselves: of what they said last in it they still hear whether it came too late."""

    @property
    def language(self) -> str:
        return self.profile.language if self.profile else "en"


def in_chat(session: Session, chat: ChatId) -> bool:
    return isinstance(session.place, Chatting) and session.place.chat.id == chat
