"""What a handler may look at besides the fact that it handles: a frozen snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.configuration import Configuration
from domain.model.ids import BotId
from domain.model.profile import Profile
from domain.session.effects import Effect
from domain.session.state import Place, Session

Step = tuple[Session, list[Effect]]
"""The next session, and what is to be done, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    session: Session
    now: float
    """Unix seconds."""
    configuration: Configuration = Configuration()
    bot_names: Mapping[BotId, str]
    """User names of the bots, without the @."""

    @property
    def place(self) -> Place:
        return self.session.place

    @property
    def profile(self) -> Profile:
        """Of somebody who has one: the guards let nobody else so far."""
        assert self.session.profile is not None
        return self.session.profile

    def after(self, session: Session) -> Context:
        """The same moment, with the next session."""
        return replace(self, session=session)
