"""What every session of a worker works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actors.bot.directory import Directory
from actors.messages import EventsMessage, MatcherMessage
from actors.runtime.handle import Handle
from domain.configuration import LiveConfiguration
from domain.ports.records import Chats, Profiles, Searches
from domain.ports.relay import MessageMaps
from domain.session.context import Context
from domain.session.machine import Machine
from domain.session.state import Session
from domain.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionContext:
    directory: Directory
    matcher: Handle[MatcherMessage]
    events: Handle[EventsMessage]
    profiles: Profiles
    chats: Chats
    maps: MessageMaps
    searches: Searches
    settings: Settings
    live: LiveConfiguration
    """What may change while the process runs is read from here, each time anew."""
    machine: Machine
    clock: Callable[[], float]
    """Unix seconds."""
    durable_streams: bool = True
    """False where the event streams die with this process."""

    def context(self, session: Session) -> Context:
        """What a decision made now may look at."""
        return Context(session=session, now=self.clock(), configuration=self.live.current, bot_names=self.directory.names)
