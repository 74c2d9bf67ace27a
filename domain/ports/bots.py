"""Which bots there are, and what operators do about them while everything runs. `control/bots.py` implements it for the panel and
the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from domain.errors import MasqueradeError
from domain.model.bot import BotState
from domain.model.ids import BotId
from domain.ports.review import Operator
from domain.status import InForce


class Origin(StrEnum):
    ENVIRONMENT = "environment"
    """Of BOT_TOKENS."""
    PANEL = "panel"
    """Added at run time, by the panel or the command line."""
    ELSEWHERE = "elsewhere"
    """Of BOT_TOKENS of another machine."""


class WhyNot(StrEnum):
    """Why something is not done with a bot."""

    UNKNOWN = "unknown"
    MALFORMED = "malformed"
    RUNS = "runs"
    FOREIGN = "foreign"
    REVOKED = "revoked"
    OF_SETTINGS = "of settings"
    ANOTHER_BOT = "another bot"
    STATE = "state"


class BotRefused(MasqueradeError):  # noqa: N818 - names what happens
    """Nothing was changed. The text is for the operator, and has no token."""

    def __init__(self, why: WhyNot, text: str) -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class BotView:
    """A bot as operators see it. What is known only while the supervisor runs is empty otherwise."""

    index: int
    """From 1, in the order of the list."""
    id: BotId
    username: str
    token: str
    """Masked; empty where this machine does not have it."""
    origin: Origin
    state: BotState
    serving: str
    """As in `domain.status.BotStatus.state`; empty where nobody knows."""
    worker: str
    detail: str
    """Why it is not served, or by which other machine it is."""
    chats: int
    searches: int
    since: float | None
    """When it was added, in Unix seconds. None for bots of BOT_TOKENS."""
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What was done, and how many processes here know it."""

    bot: BotView
    running: bool
    """False where no supervisor runs here."""
    processes: Sequence[InForce] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """What Telegram says about a token."""

    bot: int = 0
    """0 where it is refused."""
    username: str = ""
    place: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Where its updates stand: pts, qts, date, seq."""
    refusal: str = ""
    """Telegram's name for it, such as ACCESS_TOKEN_EXPIRED."""
    detail: str = ""
    """The refusal in words."""


class Bots(Protocol):
    """A bot is named by its index (up to three digits), its id or its @username. Each method raises `BotRefused` and
    `domain.errors.Unavailable`.
    """

    async def listed(self) -> Sequence[BotView]: ...

    async def find(self, word: str) -> BotView: ...

    async def check(self, token: str, *, of: BotView | None = None) -> Whose:
        """Asks Telegram whose token it is, and whether it may be added, or be that bot's next one."""
        ...

    def require_added(self, view: BotView) -> None:
        """Raises `BotRefused` unless it was added at run time, and is not being removed."""
        ...

    async def add(self, token: str, operator: Operator) -> Changed: ...

    async def rotate(self, word: str, token: str, operator: Operator) -> Changed:
        """Gives the bot another token of its own."""
        ...

    async def drain(self, word: str, operator: Operator) -> Changed: ...

    async def resume(self, word: str, operator: Operator) -> Changed: ...

    async def remove(self, word: str, operator: Operator) -> Changed:
        """Its chats and searches are ended politely, by whichever worker serves it; then it is forgotten."""
        ...
