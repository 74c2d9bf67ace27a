"""The other end of the control socket: what the command line and the panel ask the supervisor with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from control.supervisor.job_runner import News
from control.supervisor.lock import described
from control.wire import LINE_LIMIT, Peer
from domain.errors import Unavailable
from domain.status import Announced, InForce, Status

SECONDS = 5.0


class NotRunning(Unavailable):
    """No supervisor holds the data folder."""


class SupervisorClient:
    """`domain.ports.supervisor.Supervisor`. A connection per question: a supervisor that was restarted is found again by
    itself.
    """

    def __init__(self, data: Path) -> None:
        self._data = data

    async def status(self) -> Status:
        return msgspec.convert(await self._ask("status"), Status)

    async def stop(self) -> int:
        """Ask the supervisor to stop; its process id. It drains first: `gone` tells when it is over."""
        return int(await self._ask("stop"))

    async def announce(self, versions: Mapping[str, int]) -> Announced:
        """Bring what was saved into force: section → version. Raises `NotRunning`."""
        return Announced(
            running=True, processes=msgspec.convert(await self._ask("announce", versions=versions), tuple[InForce, ...])
        )

    async def begin(self, order: str, **arguments: Any) -> int:
        """The number of a long command that is under way now, for `news`."""
        return int(await self._ask(order, **arguments))

    async def news(self, number: int, known: int) -> News:
        return msgspec.convert(await self._ask("news", number=number, known=known), News)

    async def gone(self, *, within: float) -> bool:
        """Waits for the supervisor to close its socket, which it does last."""
        try:
            async with self._connected() as (_, listening):
                done, _ = await asyncio.wait({listening}, timeout=within)
                return bool(done)
        except NotRunning:
            return True

    async def _ask(self, op: str, **arguments: Any) -> Any:
        async with self._connected() as (peer, _):
            return await peer.ask(op, timeout=SECONDS, **arguments)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[Peer, asyncio.Task[None]]]:
        try:
            path = str(described(self._data)["socket"])
            reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
        except (KeyError, OSError) as error:
            raise NotRunning(f"no supervisor runs in {self._data}; start it with: python supervisor.py run") from error
        peer = Peer(reader, writer, {})
        listening = asyncio.create_task(peer.serve())
        try:
            yield peer, listening
        finally:
            peer.close()
            await asyncio.wait({listening}, timeout=SECONDS)
