"""The frozen snapshot that a handler gets together with the fact that it handles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.configuration import Configuration
from domain.model.ids import BotId
from domain.model.profile import Profile
from domain.session.effects import Effect
from domain.session.state import Place, Session

Step = tuple[Session, list[Effect]]
"""(the next session, the effects to carry out in order)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    session: Session
    now: float
    """Unix seconds."""
    configuration: Configuration
    bot_names: Mapping[BotId, str]
    """User names of the bots of the installation, without the @."""
    closed: frozenset[BotId] = frozenset()
    """Bots that take no new people."""
    media_channel: bool = False
    """Whether files between bots pass through a channel."""

    @property
    def place(self) -> Place:
        return self.session.place

    @property
    def profile(self) -> Profile:
        """The profile. To be used where the guards let only people with a profile pass."""
        assert self.session.profile is not None
        return self.session.profile

    @property
    def closed_here(self) -> bool:
        """Whether this bot takes no new people."""
        return self.session.address.bot in self.closed

    @property
    def open_bots(self) -> str:
        """The bots that take people, as they are shown: "@one_bot, @two_bot". "none" where none is known."""
        names = (name for bot, name in self.bot_names.items() if bot not in self.closed)
        return ", ".join(f"@{name}" for name in sorted(names)) or "none"

    def after(self, session: Session) -> Context:
        """The same context with another session."""
        return replace(self, session=session)
