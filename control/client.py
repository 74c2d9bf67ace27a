"""The client of the control socket, with which the command line and the panel ask the supervisor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from control.supervisor.lock import described
from control.wire import LINE_LIMIT, Peer
from domain.errors import Unavailable
from domain.model.channels import ChannelSight
from domain.model.ids import BotId
from domain.payments.trials import InvoiceSight
from domain.ports.bots import Whose
from domain.processes import ActorNow, JobProgress, SupervisionTree
from domain.status import Announced, InForce, Status

SECONDS = 5.0
"""For one answer."""
CHECK_SECONDS = 25.0
"""For one for which Telegram is asked."""


class NotRunning(Unavailable):
    """No supervisor holds the data folder."""


async def connect(data: Path) -> Peer:
    """A new connection to the supervisor of that data folder. The caller runs `Peer.serve`. Raises `NotRunning`."""
    try:
        path = str(described(data)["socket"])
        reader, writer = await asyncio.open_unix_connection(path, limit=LINE_LIMIT)
    except (KeyError, OSError) as error:
        raise NotRunning(f"no supervisor runs in {data}; start it with: python supervisor.py run") from error
    return Peer(reader, writer, {})


class SupervisorClient:
    """`domain.ports.supervisor.Supervisor`. Each question opens a connection of its own, so it finds a supervisor that was
    restarted.
    """

    def __init__(self, data: Path, *, absent: str = "") -> None:
        """`absent`: the text of `NotRunning`, where the usual one tells too much."""
        self._data = data
        self._absent = absent

    async def status(self) -> Status:
        return msgspec.convert(await self._ask("status"), Status)

    async def stop(self) -> int:
        """Asks the supervisor to stop, and returns its process id. It finishes its work first: `gone` waits for its end."""
        return int(await self._ask("stop"))

    async def reopen_logs(self) -> None:
        """Returns when every log file is open anew. Raises `Unavailable` with the reason if one is not."""
        await self._ask("reopen_logs")

    async def announce(self, versions: Mapping[str, int]) -> Announced:
        """Brings saved settings into force. `versions`: section → version. Raises `NotRunning`."""
        return Announced(
            running=True, processes=msgspec.convert(await self._ask("announce", versions=versions), tuple[InForce, ...])
        )

    async def bots_of_settings(self) -> Mapping[BotId, str]:
        """Bots of BOT_TOKENS → their tokens, masked."""
        answer = msgspec.convert(await self._ask("bots_of_settings"), dict[str, str])
        return {BotId(int(bot)): token for bot, token in answer.items()}

    async def whose(self, token: str) -> Whose:
        """Raises `NotRunning`, and `Unavailable` where Telegram does not answer."""
        return msgspec.convert(await self._ask("check_token", seconds=CHECK_SECONDS, token=token), Whose)

    async def see_channels(self, channels: Sequence[str]) -> tuple[ChannelSight, ...]:
        answer = await self._ask("see_channels", seconds=CHECK_SECONDS, channels=channels)
        return msgspec.convert(answer, tuple[ChannelSight, ...])

    async def see_invoices(self, setting: str, offers: Sequence[Any]) -> tuple[InvoiceSight, ...]:
        answer = await self._ask("see_invoices", seconds=CHECK_SECONDS, setting=setting, offers=offers)
        return msgspec.convert(answer, tuple[InvoiceSight, ...])

    async def begin(self, operation: str, **arguments: Any) -> int:
        """Starts a job and returns its number, for `follow`."""
        return int(await self._ask(operation, **arguments))

    async def follow(self, number: int, known: int) -> JobProgress:
        """What the job has said beyond its first `known` lines. Waits up to two seconds for a line."""
        return msgspec.convert(await self._ask("news", number=number, known=known), JobProgress)

    async def tree(self) -> SupervisionTree:
        return msgspec.convert(await self._ask("tree"), SupervisionTree)

    async def fullest(self, process: str, actor: str) -> tuple[ActorNow, ...]:
        """The 50 fullest actors of that class."""
        return msgspec.convert(await self._ask("actors", process=process, actor=actor), tuple[ActorNow, ...])

    async def restart_actor(self, process: str, child: str) -> None:
        """Asks a supervised actor to restart. Raises `Unavailable` with the reason where it is not possible."""
        await self._ask("restart_actor", process=process, child=child)

    async def gone(self, *, within: float) -> bool:
        """Waits until the supervisor closes its socket, which it does last. False if it does not `within` so many seconds."""
        try:
            async with self._connected() as (_, listening):
                done, _ = await asyncio.wait({listening}, timeout=within)
                return bool(done)
        except NotRunning:
            return True

    async def _ask(self, op: str, *, seconds: float = SECONDS, **arguments: Any) -> Any:
        async with self._connected() as (peer, _):
            return await peer.ask(op, timeout=seconds, **arguments)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[Peer, asyncio.Task[None]]]:
        try:
            peer = await connect(self._data)
        except NotRunning as error:
            raise (NotRunning(self._absent) if self._absent else error) from None
        listening = asyncio.create_task(peer.serve())
        try:
            yield peer, listening
        finally:
            peer.close()
            await asyncio.wait({listening}, timeout=SECONDS)
