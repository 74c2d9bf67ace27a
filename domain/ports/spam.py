"""What the rules against spam have to know of all bots and processes. Each method raises `domain.errors.Unavailable`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from domain.model.ids import UserId
from domain.trust.spam.contacts import Shared
from domain.trust.spam.human import Record
from domain.trust.spam.memory import SaidBefore
from domain.trust.spam.rules import Standing

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """Of notes. Each note is about one subject: a person, or the hash of a contact."""

    name: str
    type: object
    """That of the value, as msgspec takes it."""
    empty: T
    """The value where nothing is noted."""


SAID: Kind[tuple[SaidBefore, ...]] = Kind("said", tuple[SaidBefore, ...], ())
"""By person."""
CONTACT: Kind[Shared] = Kind("contact", Shared, Shared())
"""By the keyed hash of a contact."""
HUMAN: Kind[Record] = Kind("human", Record, Record())
"""By person."""
HIT: Kind[float] = Kind("hit", float, -1.0)
"""By person: the hours of a ban for a hit of the last minute; below 0 where there was none."""


@dataclass(frozen=True, slots=True)
class Noted(Generic[T, R]):
    """A note as it is to be, how long it is kept, and what its reader wants to know."""

    value: T
    seconds: float
    result: R


class SpamNotes(Protocol):
    """Notes for a while, sealed. No text is in them."""

    async def change(self, kind: Kind[T], subject: int, fold: Callable[[T], Noted[T, R]]) -> R:
        """Read a note and write what `fold` makes of it, in one step. `fold` may be called again where another process was
        faster. A value that stays the same is not written.
        """
        ...

    async def forget(self, user: UserId) -> None:
        """What somebody has said. A wait for the next human check stays for its time."""
        ...


class Standings(Protocol):
    async def of(self, user: UserId) -> Standing | None:
        """None for somebody without a profile."""
        ...

    async def ids_before(self, when: float) -> Sequence[int]:
        """The ids of the last 1,000 people who had come by then, in Unix seconds. It may be a day old."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SpamStores:
    """What a session is given of it."""

    notes: SpamNotes
    standings: Standings
    key: bytes
    """Of the buttons of human checks, and of hashes of contacts. The same in every process."""
