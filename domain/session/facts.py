"""What a session hears besides the user's own doing: how its effects ended, and what others did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from domain.matching.requests import Answer, Decision
from domain.model.channels import MissingChannel
from domain.model.events import ChatEnded, Expelled, Matched, SearchEnded
from domain.model.ids import ChatId, MessageId
from domain.model.inbound import ButtonPressed, Inbound
from domain.model.outgoing import NotSent

R = TypeVar("R", bound=Decision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[R]):
    """The pool's answer to a request of ours."""

    request: R
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTick:
    """The user still searches; `waited` in seconds."""

    waited: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRelayed:
    """A message did not reach the partner. Never refused by a full mailbox: it may mean that the chat is over."""

    SYSTEM: ClassVar[bool] = True

    chat: ChatId
    message: MessageId
    failure: NotSent
    edit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """Where the pool says that the user stands; heard when a session wakes, and before an idle one answers."""

    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsChecked:
    missing: tuple[MissingChannel, ...]
    searching: bool
    """True where a search was asked for, False at /start and after *I joined*."""
    pressed: ButtonPressed | None = None
    """*I joined*, where that is what asked."""


Fact = Inbound | Decided[Any] | SearchTick | NotRelayed | Stands | ChannelsChecked | Matched | ChatEnded | SearchEnded | Expelled
