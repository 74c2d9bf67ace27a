"""One connection to the supervisor for many questions, for programs that ask often."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from control.client import SECONDS, connect
from control.wire import REQUESTS_AT_ONCE, Peer
from domain.errors import Unavailable
from domain.panel.rates import Rate

ANSWER_SECONDS = 2.0
"""For one request to be counted."""
HANGS_SECONDS = 3.0
HANGS = "the supervisor does not answer in time"


class KeptConnection:
    """Opened with the first question, and anew where it was lost."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._turns = asyncio.Semaphore(REQUESTS_AT_ONCE)
        self._opening = asyncio.Lock()
        self._peer: Peer | None = None
        self._listening: asyncio.Task[None] | None = None

    async def ask(self, op: str, **arguments: Any) -> Any:
        """Raises `domain.errors.Unavailable`. More questions at once than the supervisor takes wait for their turn."""
        async with self._turns:
            peer = await self._connected()
            return await peer.ask(op, timeout=SECONDS, **arguments)

    async def close(self) -> None:
        if self._peer is not None and self._listening is not None:
            self._peer.close()
            await asyncio.wait({self._listening}, timeout=SECONDS)

    async def _connected(self) -> Peer:
        async with self._opening:
            if self._peer is None or self._listening is None or self._listening.done():
                self._peer = await connect(self._data)
                self._listening = asyncio.create_task(self._peer.serve(), name="kept connection")
            return self._peer


class SupervisorLimits:
    """`domain.ports.limits.Limits`. Pages do not wait long for a supervisor that hangs: after one question without an answer in
    time, it is not asked for `HANGS_SECONDS`.
    """

    def __init__(self, connection: KeptConnection) -> None:
        self._connection = connection
        self._hangs_until = 0.0

    async def take(self, key: str, rate: Rate) -> float:
        loop = asyncio.get_running_loop()
        if loop.time() < self._hangs_until:
            raise Unavailable(HANGS)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                return float(await self._connection.ask("take", key=key, count=rate.count, seconds=rate.seconds))
        except TimeoutError:
            self._hangs_until = loop.time() + HANGS_SECONDS
            raise Unavailable(HANGS) from None
