"""What a feature says of itself. Each module of `domain/session/features/` ends in one `FEATURE`.

Handlers are pure: `(context, fact) -> (session, effects)`. Nothing registers by being imported: `domain/session/machine.py`
names the features, and `Machine` refuses two that own the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

from domain.matching.requests import Decision
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.repeats import told_again
from domain.session.state import Place

T = TypeVar("T")


class Passes(Enum):
    """A guard that lets it through."""

    BAN = "also of the banned"
    NEWCOMER = "also of somebody who has no profile yet"
    ELSEWHERE = "also while they search or chat at another bot"
    UNFINISHED = "also before the profile is complete"


STRICT: frozenset[Passes] = frozenset()
ALWAYS = frozenset(Passes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """`name` has no slash. `help` is the id of its line in the help and in the bot's list of commands; empty: in neither."""

    name: str
    handler: Callable[[Context, CommandReceived], Step]
    help: str = ""
    passes: frozenset[Passes] = STRICT
    repeat: Callable[[Context, CommandReceived], Step] = told_again()
    """Where the pool has decided this very update before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Button(Generic[T]):
    """Under a message; its data is "prefix" or "prefix:rest". What `parse` makes of the rest goes to the handler; None: there is
    no such button.
    """

    prefix: str
    handler: Callable[[Context, ButtonPressed, T], Step]
    parse: Callable[[str], T | None]
    passes: frozenset[Passes] = STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Of the reply keyboard that `menu` names; keys of one row stand in the order of the features."""

    menu: Menu
    row: int
    label: str
    """A text id."""
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    name: str
    commands: tuple[Command, ...] = ()
    buttons: tuple[Button[Any], ...] = ()
    keys: tuple[Key, ...] = ()
    messages: Mapping[type[Place], Callable[[Context, MessageReceived], Step]] = field(default_factory=dict)
    """Ordinary messages, by the state of whoever writes them."""
    facts: Mapping[type, Callable[[Context, Any], Step]] = field(default_factory=dict)
    """All other facts, by their type."""
    decisions: Mapping[type[Decision], Callable[[Context, Any], Step]] = field(default_factory=dict)
    """Which of the pool's decisions it asks for, and who handles `Decided` of each."""


def nothing(rest: str) -> bool | None:
    """Of a button whose data is its prefix alone."""
    return None if rest else True
