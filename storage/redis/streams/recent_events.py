"""What a writer has appended to event streams lately, in case that the store loses it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from domain.model.events import Event
from domain.model.ids import BotId
from storage.redis.scripts import Argument
from storage.redis.streams.event_codec import encode

KEPT_SECONDS = 10.0
"""By far more than a server's append-only file or a replica is behind."""


class MessageReceived(NamedTuple):
    number: int
    """The writer's sequence number, from 1; some may be left out."""
    bot: BotId
    event: Event
    by: str
    """"<speaker's bot> <lease>", or empty: then it is appended in any case."""

    def arguments(self) -> tuple[Argument, ...]:
        """As `events_append.lua` takes it."""
        entry = encode(self.event)
        return (self.number, self.bot, entry["v"], entry["t"], entry["d"], self.by)

    def again(self) -> MessageReceived:
        """Who said it was told that it is durable, and does not say it again: it needs no lease any more."""
        return self._replace(by="")


class Kept:
    """In the order of their numbers. What the store has had for `KEPT_SECONDS` is forgotten when something comes after it."""

    def __init__(self) -> None:
        self._said: deque[tuple[float, MessageReceived]] = deque()

    def __bool__(self) -> bool:
        return bool(self._said)

    def keep(self, said: Iterable[MessageReceived], now: float) -> None:
        """The store said at `now` that it has these, and all before. Seconds of a monotonic clock."""
        self._said.extend((now, each) for each in said)
        while self._said and self._said[0][0] < now - KEPT_SECONDS:
            self._said.popleft()

    def take_after(self, number: int) -> list[MessageReceived]:
        """Those with greater numbers; kept no more."""
        taken: deque[MessageReceived] = deque()
        while self._said and self._said[-1][1].number > number:
            taken.appendleft(self._said.pop()[1])
        return list(taken)
