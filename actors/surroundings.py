"""What every session of a worker works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actors.directory import Directory
from actors.handle import Handle
from domain.configuration import LiveConfiguration
from domain.messages import EventsMessage, MatcherMessage
from domain.ports import Chats, MessageMaps, Profiles, Searches
from domain.session_state import Rules
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
    live: LiveConfiguration
    """What may change while the process runs is read from here, each time anew."""
    clock: Callable[[], float]
    """Unix seconds."""
    durable_streams: bool = True
    """False where the event streams die with this process."""

    @property
    def rules(self) -> Rules:
        return Rules.of(self.live.current, self.directory.names)
