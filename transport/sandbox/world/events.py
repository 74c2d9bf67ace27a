"""Events for each phone, in order: stored on disk, read by polling and by the live socket."""

from __future__ import annotations

import asyncio
from collections import deque

import orjson

from transport.sandbox.world.model import Json
from transport.sandbox.world.store import Store
from transport.sandbox.world.turn import Turn

IN_MEMORY = 50_000
"""Events in memory for all phones together. Older ones are read from disk."""
PAGE = 500


class Event:
    __slots__ = ("body", "seq")

    def __init__(self, seq: int, body: bytes) -> None:
        self.seq = seq
        self.body = body
        """JSON, without `seq`."""


class EventLog:
    def __init__(self, store: Store, turn: Turn) -> None:
        self._store = store
        self._turn = turn
        self._last: dict[int, int] = {}
        self._recent: dict[int, deque[Event]] = {}
        self._users_in_order: deque[int] = deque()
        """The user of each event in memory, oldest first."""
        self._oldest: dict[int, int] = {}
        """Per user: the highest seq that is on disk only."""
        self._watchers: dict[int, set[asyncio.Event]] = {}

    def last(self, user: int) -> int:
        """The seq of the phone's newest event; 0 if there is none."""
        known = self._last.get(user)
        if known is None:
            known = self._store.query_settled("SELECT max(seq) FROM events WHERE user = ?", user)[0][0] or 0
            self._last[user] = self._oldest[user] = known
        return known

    def add(self, user: int, body: Json) -> None:
        event = Event(self.last(user) + 1, orjson.dumps(body))
        self._last[user] = event.seq
        self._store.put("events", (user, event.seq, event.body))
        recent = self._recent.get(user)
        if recent is None:
            recent = self._recent[user] = deque()
        recent.append(event)
        self._users_in_order.append(user)
        if len(self._users_in_order) > IN_MEMORY:
            self._forget_oldest()
        if user in self._watchers:
            for watcher in self._watchers[user]:
                self._turn.then(watcher.set)

    def read(self, user: int, after: int) -> list[Event]:
        """The phone's events after seq `after`, oldest first, at most `PAGE`."""
        if after >= self.last(user):
            return []
        if after >= self._oldest[user]:
            recent = self._recent.get(user, ())
            return [event for event in recent if event.seq > after][:PAGE]
        rows = self._store.query(
            "SELECT seq, body FROM events WHERE user = ? AND seq > ? ORDER BY seq LIMIT ?", user, after, PAGE
        )
        return [Event(seq, body) for seq, body in rows]

    def _forget_oldest(self) -> None:
        user = self._users_in_order.popleft()
        self._oldest[user] = self._recent[user].popleft().seq
        if not self._recent[user]:
            del self._recent[user]

    def watch(self, user: int, watcher: asyncio.Event) -> None:
        self._watchers.setdefault(user, set()).add(watcher)

    def unwatch(self, user: int, watcher: asyncio.Event) -> None:
        watchers = self._watchers.get(user)
        if watchers is not None:
            watchers.discard(watcher)
            if not watchers:
                del self._watchers[user]
