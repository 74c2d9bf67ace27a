"""What people bring before an operator, and what operators do about people. `storage/sql/review/` implements it. Each method
raises `domain.errors.Unavailable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import Any, Protocol

from domain.model.ban import Ban
from domain.model.ids import Address, BotId, UserId
from domain.ports.moderation import ReviewItem
from domain.trust.appeals import NotAppealed

ACCEPTED, REJECTED = "accepted", "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who acts, and where."""

    name: str
    source: str
    """cli, panel, or bot: what an admin answers in Telegram."""
    address: str = ""
    """IP address, where it is known."""
    browser: str = ""
    """In words, such as "Firefox on Linux"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What an operator does now. `before` and `after`: what JSON can say."""

    operator: Operator
    name: str
    """Such as ban."""
    target: str
    """Such as user:42."""
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One act of an operator, as it is recorded for good."""

    number: int
    at: float
    """Unix seconds."""
    who: str
    source: str
    act: str
    """Such as ban."""
    target: str
    """Such as user:42."""
    before: Any
    """As JSON has it."""
    after: Any
    address: str = ""
    """From where; empty where that is not known."""
    browser: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFilter:
    """Which acts are wanted; empty is any."""

    target: str = ""
    who: str = ""
    act: str = ""
    source: str = ""
    since: float = 0.0
    """Unix seconds."""
    until: float = inf
    below: int = 2**53
    """Only acts with a smaller number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What was found of the chain of hashes."""

    acts: int
    last: str
    """Hash of the last act."""
    fault: str
    """The first one. Empty: the chain is whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    language: str
    gender: str
    """Empty where it was not given."""
    age: int | None
    since: float
    """When they first came, in Unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    number: int
    address: Address
    """Who, and at which bot they are answered."""
    text: str
    ban: Ban
    """As it was then."""
    opened_at: float
    """Unix seconds."""
    answered_at: float | None = None
    answered_by: str = ""
    verdict: str = ""
    """`ACCEPTED`, `REJECTED`, or empty."""
    answer: str = ""
    """The operator's own words."""


class Appeals(Protocol):
    async def appeal(self, address: Address, text: str) -> NotAppealed | None:
        """Record an appeal against the last ban; None where that is done. The same text again changes nothing. An empty text asks
        whether one would be taken.
        """
        ...

    async def newest(self, limit: int, *, waiting: bool = False, user: UserId | None = None) -> Sequence[Appeal]:
        """`waiting`: only those without an answer. `user`: only those of one person."""
        ...

    async def find(self, number: int) -> Appeal | None: ...

    async def purge_before(self, when: float) -> int:
        """Delete appeals that were answered before that time, in Unix seconds; how many."""
        ...


class Desk(Protocol):
    """What waits for an operator."""

    async def waiting(self, bot: BotId) -> Sequence[Appeal]:
        """Appeals at that bot that nobody has answered, the oldest first."""
        ...

    async def urgent(self, bot: BotId) -> Sequence[ReviewItem]:
        """Open items of the review list that go first, of people at that bot."""
        ...


class ActLog(Protocol):
    async def add(self, act: Act) -> int:
        """An act that changes no record, such as to read evidence, or to restart a process. Its number."""
        ...


class Audit(ActLog, Protocol):
    async def newest(self, limit: int, *, target: str = "") -> Sequence[Audited]:
        """`target`: only the acts on that."""
        ...

    async def found(self, wanted: ActFilter, limit: int) -> Sequence[Audited]:
        """The newest first."""
        ...

    async def names(self) -> Sequence[str]:
        """Of all acts that there are."""
        ...

    async def checked(self) -> Chain:
        """Reads all acts."""
        ...

    async def purge_before(self, when: float) -> int: ...
