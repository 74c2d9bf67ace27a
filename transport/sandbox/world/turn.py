"""One loop turn is one commit: what it changed is stored before its answers, pushes and events leave."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from transport.sandbox.world.store import Store


class Turn:
    def __init__(self, loop: asyncio.AbstractEventLoop, store: Store) -> None:
        self._loop = loop
        self._store = store
        self._leaving: dict[Callable[[], None], None] = {}
        self._scheduled = False

    def then(self, leave: Callable[[], None]) -> None:
        """Call `leave` once, at the end of this turn, when everything is stored."""
        self._leaving[leave] = None
        if not self._scheduled:
            self._scheduled = True
            self._loop.call_soon(self.finish)

    def finish(self) -> None:
        self._scheduled = False
        self._store.commit()
        leaving, self._leaving = self._leaving, {}
        for leave in leaving:
            leave()
