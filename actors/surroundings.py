"""What every session of a worker works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actors.directory import Directory
from actors.handle import Handle
from domain.configuration import Configuration
from domain.messages import EventsMessage, MatcherMessage
from domain.ports import Chats, MessageMaps, Profiles, Searches
from domain.session.context import Context
from domain.session.machine import Machine
from domain.session.state import Session
from domain.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    directory: Directory
    matcher: Handle[MatcherMessage]
    events: Handle[EventsMessage]
    profiles: Profiles
    chats: Chats
    maps: MessageMaps
    searches: Searches
    settings: Settings
    configuration: Callable[[], Configuration]
    """The snapshot in force now."""
    machine: Machine
    clock: Callable[[], float]
    """Unix seconds."""

    def context(self, session: Session) -> Context:
        """What a decision made now may look at."""
        return Context(session=session, now=self.clock(), configuration=self.configuration(), bot_names=self.directory.names)
