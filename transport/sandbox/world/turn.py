"""Commits once per turn of the event loop, before the answers, updates and events of that turn are sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from transport.sandbox.world.store import Store


class Turn:
    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        self._loop = loop
        self._store = store
        self._sends: dict[Callable[[], None], None] = {}
        self._scheduled = False

    def then(self, send: Callable[[], None]) -> None:
        """Call `send` once, at the end of this turn, after the commit."""
        self._sends[send] = None
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self.finish)

    def finish(self) -> None:
        self._scheduled = False
        self._store.commit()
        sends, self._sends = self._sends, {}
        for send in sends:
            send()
