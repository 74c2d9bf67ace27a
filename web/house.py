"""The running house as the panel sees it: the supervisor's status, asked once for all who look at the same moment."""

from __future__ import annotations

import asyncio
import re

from domain.errors import Unavailable
from domain.ports.supervisor import Supervisor
from domain.status import BotStatus, ProcessState, ProcessStatus, Status

PATIENCE = 5.0
"""Seconds for the supervisor's answer."""

SAID = {
    ProcessState.STARTING: "is starting",
    ProcessState.READY: "is ready",
    ProcessState.DRAINING: "is stopping",
    ProcessState.BACKOFF: "crashed and comes back",
    ProcessState.FATAL: "is down for good",
    ProcessState.STOPPED: "is stopped",
}


class House:
    def __init__(self, supervisor: Supervisor, patience: float = PATIENCE) -> None:
        self._supervisor = supervisor
        self._patience = patience
        self._asking: asyncio.Task[Status] | None = None

    async def status(self) -> Status:
        """Raises `Unavailable`. Callers who come while a question is under way share its answer."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
        return await asyncio.shield(self._asking)

    async def _ask(self) -> Status:
        try:
            async with asyncio.timeout(self._patience):
                return await self._supervisor.status()
        except TimeoutError:
            raise Unavailable(f"The supervisor did not answer within {self._patience:g} seconds.") from None


def problems(status: Status) -> list[str]:
    """One line each for all that is wrong. What the supervisor has said of a process or bot is not said again."""
    told = set(re.findall(r"[\w-]+", " ".join(status.problems)))
    ill = [process for process in status.processes if process.state is not ProcessState.READY]
    refused = [bot for bot in status.bots if bot.state == "refused"]
    processes = [_of_process(process) for process in ill if process.name not in told]
    bots = [_of_bot(bot) for bot in refused if str(bot.id) not in told]
    return list(dict.fromkeys([*processes, *bots, *status.problems]))


def serving(status: Status) -> bool:
    """Whether anybody answers on Telegram at all."""
    return any(process.name.startswith("worker") and process.state is ProcessState.READY for process in status.processes)


def _of_process(process: ProcessStatus) -> str:
    return f"{process.name} {SAID[process.state]}" + (f": {process.last_error}" if process.last_error else "")


def _of_bot(bot: BotStatus) -> str:
    name = f"@{bot.username}" if bot.username else str(bot.id)
    return f"Telegram refuses the bot {name}" + (f": {bot.detail}" if bot.detail else "")
