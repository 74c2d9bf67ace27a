"""Stores how far a bot's updates are processed: first new access hashes, then the confirmed place in the update log.

*Invariant*: a place is stored only after the access hashes that arrived before it.
"""

from __future__ import annotations

import asyncio
import logging

from domain.errors import Unavailable
from domain.ports.records import ConnectionStore
from transport.calls.peers import Peers
from transport.updates.inbox import Inbox

log = logging.getLogger(__name__)

INTERVAL = 0.1
"""Seconds between two writes, at least."""
RETRY_INTERVAL = 2.0
"""Seconds until the next try after the store was unavailable."""


class Checkpoint:
    def __init__(self, *, store: ConnectionStore, inbox: Inbox, peers: Peers) -> None:
        self._store = store
        self._inbox = inbox
        self._peers = peers
        self._stored = (0, 0)

    async def run(self) -> None:
        """Runs until cancelled. Raises `domain.errors.Fenced` if another process owns the bot now."""
        while True:
            await self._inbox.moved.wait()
            self._inbox.moved.clear()
            try:
                await self.write()
                await asyncio.sleep(INTERVAL)
            except Unavailable as error:
                log.warning("the place in the update log could not be stored: %s", error)
                self._inbox.moved.set()
                await asyncio.sleep(RETRY_INTERVAL)

    async def write(self) -> None:
        """Raises `domain.errors.Fenced` or `domain.errors.Unavailable`."""
        place = (self._inbox.pts.confirmed, self._inbox.qts.confirmed)
        await self._peers.store()
        if place != self._stored:
            await self._store.save_state(*place, self._inbox.date, self._inbox.seq)
            self._stored = place
