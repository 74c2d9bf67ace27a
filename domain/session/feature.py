"""How a feature declares what it handles. Each module of `domain/session/features/` ends in one `FEATURE`.

Handlers are pure: `(context, fact) -> (session, effects)`. Importing a module registers nothing: `domain/session/machine.py`
lists the features, and `Machine` refuses two features that own the same thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Any, Generic, TypeVar

from domain.configuration import Configuration
from domain.matching.requests import Decision
from domain.model.ids import ChatId
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.repeats import told_again
from domain.session.state import Place

T = TypeVar("T")

_CHAT = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Passes(Enum):
    """A guard that lets a command or button pass although it would stop others."""

    BAN = "also of the banned"
    NEWCOMER = "also of somebody who has no profile yet"
    ELSEWHERE = "also while they search or chat at another bot"
    UNFINISHED = "also before the profile is complete"


STRICT: frozenset[Passes] = frozenset()
ALWAYS = frozenset(Passes)


class Heading(StrEnum):
    """What the commands of a feature stand under in /help, in this order. The value is the id of the heading's text."""

    CHAT = "help-chat"
    SAFETY = "help-safety"
    PROFILE = "help-profile"
    SHOP = "help-shop"
    DATA = "help-data"


def always(_configuration: Configuration) -> bool:
    """Of a key that no setting takes away."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`name` has no slash. `help` is its text's id in the help and the bot's list of commands; empty: in neither."""

    name: str
    handler: Callable[[Context, CommandReceived], Step]
    help: str = ""
    passes: frozenset[Passes] = STRICT
    repeat: Callable[[Context, CommandReceived], Step] = told_again()
    """The handler where the pool has already decided the request of this same update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A link that opens the bot with /start and an argument that begins with `prefix`. It is handled instead of /start."""

    prefix: str
    handler: Callable[[Context, CommandReceived], Step]
    passes: frozenset[Passes] = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Button(Generic[T]):
    """A button under a message. Its data is "prefix" or "prefix:rest". The handler gets what `parse` returns for the rest; None
    means that there is no such button.
    """

    prefix: str
    handler: Callable[[Context, ButtonPressed, T], Step]
    parse: Callable[[str], T | None]
    passes: frozenset[Passes] = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key of the reply keyboard of `menu`. Keys of one row are in the order of the features."""

    menu: Menu
    row: int
    label: str
    """A text id."""
    command: str
    offered: Callable[[Configuration], bool] = always
    """Whether the keyboard has the key. Whoever presses one of an older keyboard is answered by the command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A message that a feature has asked for (`Session.asked`). It does not go to the handler of its state, and passes all guards
    that the feature's commands pass. In a chat nothing is awaited: what is written there is the partner's.
    """

    handler: Callable[[Context, MessageReceived], Step]
    within: float = 600.0
    """Seconds in which the next message is taken for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    name: str
    heading: Heading = Heading.CHAT
    commands: tuple[Command, ...] = ()
    links: tuple[Link, ...] = ()
    buttons: tuple[Button[Any], ...] = ()
    keys: tuple[Key, ...] = ()
    messages: Mapping[type[Place], Callable[[Context, MessageReceived], Step]] = field(default_factory=dict)
    """State of the sender → handler of ordinary messages."""
    awaited: Awaited | None = None
    facts: Mapping[type, Callable[[Context, Any], Step]] = field(default_factory=dict)
    """Type of any other fact → its handler."""
    decisions: Mapping[type[Decision], Callable[[Context, Any], Step]] = field(default_factory=dict)
    """Type of request to the pool → the handler of its `Decided`."""


def no_argument(rest: str) -> bool | None:
    """Parses a button whose data is only its prefix."""
    return None if rest else True


def chat_id(rest: str) -> ChatId | None:
    """Parses a button that names a chat. A client may send any data: what has another shape is the id of no chat, and some of it
    breaks queries.
    """
    return ChatId(rest) if _CHAT.fullmatch(rest) else None
