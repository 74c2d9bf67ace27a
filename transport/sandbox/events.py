"""What each phone has to show, in order: kept on disk, read by polling and by the live socket."""

from __future__ import annotations

import asyncio
from collections import deque

import orjson

from transport.sandbox.model import Json
from transport.sandbox.store import Store
from transport.sandbox.turn import Turn

RECENT = 200
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
        self._last = store.query("SELECT max(seq) FROM events")[0][0] or 0
        self._loaded_at = self._last
        self._recent: dict[int, deque[Event]] = {}
        self._oldest: dict[int, int] = {}
        """Up to which seq a user's events have left memory."""
        self._watchers: dict[int, set[asyncio.Event]] = {}

    @property
    def last(self) -> int:
        return self._last

    def add(self, user: int, body: Json) -> None:
        self._last += 1
        event = Event(self._last, orjson.dumps(body))
        self._store.put("events", (event.seq, user, event.body))
        recent = self._recent.get(user)
        if recent is None:
            recent = self._recent[user] = deque()
        recent.append(event)
        if len(recent) > RECENT:
            self._oldest[user] = recent.popleft().seq
        if user in self._watchers:
            for watcher in self._watchers[user]:
                self._turn.then(watcher.set)

    def read(self, user: int, after: int) -> list[Event]:
        """The next events of a phone, at most a page, oldest first."""
        if after >= self._oldest.get(user, self._loaded_at):
            recent = self._recent.get(user, ())
            return [event for event in recent if event.seq > after][:PAGE]
        rows = self._store.query(
            "SELECT seq, body FROM events WHERE seq > ? AND user = ? ORDER BY seq LIMIT ?", after, user, PAGE
        )
        return [Event(seq, body) for seq, body in rows]

    def watch(self, user: int, watcher: asyncio.Event) -> None:
        """Set `watcher` whenever this phone has something new."""
        self._watchers.setdefault(user, set()).add(watcher)

    def unwatch(self, user: int, watcher: asyncio.Event) -> None:
        watchers = self._watchers.get(user)
        if watchers is not None:
            watchers.discard(watcher)
            if not watchers:
                del self._watchers[user]
