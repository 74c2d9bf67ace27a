"""Who may use the panel, and how they log in. `storage/sql/panel/` implements it on PostgreSQL and SQLite. Each method is one
transaction with its row of the audit, and raises `domain.errors.Unavailable`. Times are Unix seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.model.ids import Address, UserId
from domain.panel.login import Client, State
from domain.panel.roles import Role
from domain.ports.review import Operator

MACHINE = UserId(0)
"""Stands for whoever is logged in on the machine and made a link or a token there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    user: UserId
    name: str
    """As lists show it."""
    role: Role
    of_settings: bool
    """Named by `admin.telegram_ids`: an owner who cannot be removed here."""
    since: float = 0.0
    """0 for those of the settings."""
    by: str = ""

    @property
    def who(self) -> str:
        """As the audit names them: two may have one name, so the id stands behind it."""
        return self.name if self.user == MACHINE or self.name == f"admin {self.user}" else f"{self.name} ({self.user})"


class AdminChange(StrEnum):
    """What became of a change of who may use the panel. Only where it is DONE has anything changed."""

    DONE = "done"
    OF_SETTINGS = "of settings"
    """An owner of the settings is changed there only."""
    UNKNOWN = "unknown"
    """They are no added admin."""
    LAST_OWNER = "last owner"
    """Nobody would be an owner any more."""


class Admins(Protocol):
    async def find(self, user: UserId) -> Admin | None: ...

    async def listed(self) -> Sequence[Admin]:
        """Those of the settings first."""
        ...

    async def add(self, user: UserId, role: Role, name: str, operator: Operator) -> AdminChange:
        """Add somebody, or give them another role or name. Another role ends their sessions and tokens."""
        ...

    async def remove(self, user: UserId, operator: Operator) -> AdminChange:
        """End their sessions, tokens and questions too."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A log-in that waits for its code."""

    secret: str
    """For the browser's cookie."""
    code: str
    number: int
    expires_in: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """How far a log-in is."""

    state: State
    session: str = ""
    """The secret of the session that has begun, for the cookie. It is given once."""
    user: UserId = MACHINE


class LoginRequests(Protocol):
    """The browser's side of a log-in."""

    async def open(self, user: UserId, client: Client, *, instead_of: str = "") -> Opened:
        """`user`: whom the browser claims to be; nobody looks here whether that is an admin. `instead_of`: the secret of a log-in
        of the same browser, which ends.
        """
        ...

    async def follow(self, secret: str, client: Client) -> Followed:
        """Begins the session of a log-in that was accepted, once. The person and the control chat are told of it."""
        ...

    async def refused(self, client: Client) -> None:
        """Record that somebody came with a link that is none, or is over."""
        ...

    async def link(self, operator: Operator) -> str:
        """The secret of a log-in as an owner that is accepted already, for whoever works on the machine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelQuestion:
    """What an admin is asked in Telegram."""

    reference: str
    choices: tuple[int, ...]
    """The numbers of the buttons."""
    client: Client
    at: float
    """When the browser asked."""
    act: str = ""
    """What is to be done, in words. Empty for a log-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAsked:
    """The code leads to no question of this person."""

    wait: float
    """Seconds until another code is looked at. While they run, no code is looked at."""


class Outcome(StrEnum):
    """Of a press."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The wrong number, or "Not me": the log-in or act is over."""
    OVER = "over"
    """Too late, or answered before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    outcome: Outcome
    act: str = ""
    """As in `PanelQuestion`."""


class Questions(Protocol):
    """The bot's side of log-ins and acts: what an admin sends and presses in Telegram."""

    async def ask(self, sender: Address, code: str) -> PanelQuestion | NotAsked | None:
        """`code`: what was typed. None where the sender is no admin: then nothing is looked at, and nothing is counted."""
        ...

    async def answer(self, sender: Address, reference: str, pressed: str) -> Answered | None:
        """`pressed`: the number, or `NOT_ME`. Whatever is not the right number ends it and alerts the owners. None where the
        sender is no admin.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelSession:
    """Somebody who is logged in at a browser."""

    reference: str
    user: UserId
    """`MACHINE` for one by a link."""
    name: str
    """As the audit names them."""
    role: Role
    client: Client
    since: float
    seen: float
    """When the person last did something."""


class PanelSessions(Protocol):
    async def find(self, secret: str) -> PanelSession | None:
        """None where it is unknown, over, or its person no admin any more."""
        ...

    async def note(self, reference: str) -> None:
        """The person does something."""
        ...

    async def listed(self, user: UserId | None = None) -> Sequence[PanelSession]:
        """The newest first. `user`: of one person."""
        ...

    async def end(self, reference: str, operator: Operator) -> bool:
        """False where there is none."""
        ...

    async def end_all(self, user: UserId, operator: Operator) -> int:
        """Of one person; how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiToken:
    name: str
    role: Role
    user: UserId
    """Who made it in the panel; `MACHINE` for one that was made on the machine."""
    by: str
    since: float
    until: float
    used: float | None
    """When it was last used."""


class ApiTokens(Protocol):
    async def create(self, name: str, role: Role, days: int, operator: Operator, *, user: UserId = MACHINE) -> str | None:
        """The token, which is shown once and kept as a hash. None where the name is taken."""
        ...

    async def find(self, secret: str) -> ApiToken | None:
        """None where it is unknown, over, or its maker may not do so much any more."""
        ...

    async def listed(self) -> Sequence[ApiToken]: ...

    async def revoke(self, name: str, operator: Operator) -> bool:
        """False where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An act that needs a fresh answer in Telegram."""

    session: str
    """Whose: the session's reference."""
    act: str
    """As the question says it, such as "Remove the bot @ruby_bot"."""
    digest: str
    """Of the request: method, path and body. The answer is good for this alone."""
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """The act waits for an answer in Telegram."""

    reference: str
    number: int
    """For the screen."""
    expires_in: float


class Answers(Protocol):
    async def spend(self, wanted: Wanted) -> Needed | None:
        """None where the person has agreed: that is used up now. Otherwise they are asked, once for the same act."""
        ...

    async def state(self, reference: str, session: str) -> State:
        """An answer that was used up is EXPIRED."""
        ...


class Access(Protocol):
    """All of it that the panel works with."""

    @property
    def admins(self) -> Admins: ...

    @property
    def logins(self) -> LoginRequests: ...

    @property
    def sessions(self) -> PanelSessions: ...

    @property
    def tokens(self) -> ApiTokens: ...

    @property
    def answers(self) -> Answers: ...
