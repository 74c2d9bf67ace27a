"""The events that a writer has appended lately, kept in case the server loses them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from domain.model.events import Event
from domain.model.ids import BotId
from storage.redis.scripts import Argument
from storage.redis.streams.event_codec import encode

KEPT_SECONDS = 10.0
"""Much longer than an append-only file or a replica is behind."""


class NumberedEvent(NamedTuple):
    number: int
    """The writer's sequence number, from 1; some may be left out."""
    bot: BotId
    event: Event
    sender_lease: str
    """"<sender's bot> <lease>"; empty: appended whoever serves the sender's bot."""

    def arguments(self) -> tuple[Argument, ...]:
        """As `lua/streams/append.lua` takes it."""
        entry = encode(self.event)
        return (self.number, self.bot, entry["v"], entry["t"], entry["d"], self.sender_lease)

    def without_lease(self) -> NumberedEvent:
        """To append it again: the sender was told that it is durable, so it goes in whoever holds the lease now."""
        return self._replace(sender_lease="")


class RecentAppends:
    """In the order of their numbers. Older ones than `KEPT_SECONDS` are dropped when new ones are added."""

    def __init__(self) -> None:
        self._events: deque[tuple[float, NumberedEvent]] = deque()

    def __bool__(self) -> bool:
        return bool(self._events)

    def add(self, events: Iterable[NumberedEvent], now: float) -> None:
        """The server confirmed these, and so all before them, at `now` (seconds of a monotonic clock)."""
        self._events.extend((now, each) for each in events)
        while self._events and self._events[0][0] < now - KEPT_SECONDS:
            self._events.popleft()

    def take_after(self, number: int) -> list[NumberedEvent]:
        """Remove and return those with greater numbers."""
        taken: deque[NumberedEvent] = deque()
        while self._events and self._events[-1][1].number > number:
            taken.appendleft(self._events.pop()[1])
        return list(taken)
