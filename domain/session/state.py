"""The state of one person's conversation with one bot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.model.chat import Chat
from domain.model.ids import Address, BotId, ChatId, Pts
from domain.model.limits import Bucket
from domain.model.profile import Profile
from domain.trust.spam.watch import Watch

if TYPE_CHECKING:
    from domain.session.holding import Holding


@dataclass(frozen=True, slots=True)
class Idle:
    """Neither searching nor chatting."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Searching or chatting at another bot."""

    bot: BotId
    chatting: bool
    locked_until: float = 0.0
    """As in `Chatting`."""


@dataclass(frozen=True, slots=True)
class Searching:
    since: float
    """Unix seconds."""
    asked_to_widen: bool = False
    """Whether the user was asked whether to widen the wishes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """What the user was told of, and has agreed to, about what this partner sends. A passivated session forgets it."""

    asked: bool = False
    """Whether they were asked to agree to pictures."""
    agreed: bool = False
    """Whether they want to see all that the partner sends."""
    protection_told: bool = False
    """Whether they know that what the partner sends cannot be forwarded."""


AT_FIRST = Viewing()


@dataclass(frozen=True, slots=True)
class Chatting:
    chat: Chat
    introduced: bool = True
    """Whether the user was told of the partner. False after a crash, where that is not known."""
    viewing: Viewing = AT_FIRST
    locked_until: float = 0.0
    """Until when the partner keeps the user in the chat, as far as is known, in Unix seconds; 0 where they do not."""
    said: int = 0
    """How many messages and edits the user has sent in it, up to those that are watched for spam (`screens/spam.py`)."""


Place = Idle | Elsewhere | Searching | Chatting


@dataclass(frozen=True, slots=True)
class Asked:
    """The user was asked for a message, by the feature of this name."""

    feature: str
    at: float
    """Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    address: Address
    profile: Profile | None = None
    place: Place = Idle()
    last_pts: Pts | None = None
    """The mark that the pool had for this user and bot when it was last asked."""
    flood: Bucket | None = None
    """Token bucket of the flood limit."""
    warned: float = 0.0
    """When the user was last told to slow down, in Unix seconds."""
    told_banned: float = 0.0
    """When the user was last told that they are banned, in Unix seconds."""
    lost_partner: bool = False
    """Whether the last partner was lost through no fault of the user's. Then the next search has priority."""
    ended: ChatId | None = None
    """The last chat of whose end the user was told."""
    left: ChatId | None = None
    """The last chat that the user left. The user is still told if their last message in it came too late."""
    parted: ChatId | None = None
    """The last chat whose partner the user has reported or blocked, as far as this session knows."""
    asked: Asked | None = None
    """The next message may be what was asked for, such as a question about a payment."""
    spam: Watch | None = None
    """What the rules against spam remember; None while there is nothing."""

    holding: Holding | None = None
    """What waits for the user's answer in this chat, and what they were asked in it; None where nothing."""

    @property
    def language(self) -> str:
        return self.profile.language if self.profile else "en"


def in_chat(session: Session, chat: ChatId) -> bool:
    return isinstance(session.place, Chatting) and session.place.chat.id == chat
