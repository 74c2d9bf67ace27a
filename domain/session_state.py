"""What is known of one person's conversation with one bot, and the rules that it goes by. `domain/session.py` moves it on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from domain.configuration import Configuration, ProfileRules
from domain.limits import Bucket, Limit
from domain.values import Address, BotId, Chat, ChatId, Profile, Pts


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    profile: ProfileRules = ProfileRules()
    flood: Limit = Limit(rate=3.0, burst=60)
    channels_required: bool = False
    widen_after: float = 60.0
    """Seconds of search until a VIP with wishes is asked whether to widen them."""
    bot_names: Mapping[BotId, str]
    """User names of the bots, without the @."""

    @classmethod
    def of(cls, configuration: Configuration, bot_names: Mapping[BotId, str]) -> Self:
        flood = configuration.flood
        return cls(
            profile=configuration.profile,
            flood=Limit(rate=flood.rate, burst=flood.burst),
            channels_required=bool(configuration.channels.required),
            widen_after=configuration.matching.widen_after_seconds,
            bot_names=bot_names,
        )


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


Place = Idle | Elsewhere | Searching | Chatting


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    address: Address
    profile: Profile | None = None
    place: Place = Idle()
    marked: Pts | None = None
    """The last update of this user at this bot that changed something in the pool, as of waking."""
    flood: Bucket | None = None
    warned: float = 0.0
    """When they were last told to slow down."""
    lost_partner: bool = False
    """The last partner was lost through no fault of theirs: the next search waits at the head."""
    ended: ChatId | None = None
    """The last chat of whose end they were told."""

    @property
    def language(self) -> str:
        return self.profile.language if self.profile else "en"


def in_chat(session: Session, chat: ChatId) -> bool:
    return isinstance(session.place, Chatting) and session.place.chat.id == chat
