"""The supervisor's status for the panel. Simultaneous viewers share one request."""

from __future__ import annotations

import asyncio
import re

from domain.errors import Unavailable
from domain.ports.supervisor import Supervisor
from domain.status import BotStatus, ProcessState, ProcessStatus, Status

TIMEOUT = 5.0
"""Seconds for the supervisor's answer."""

STATE_TEXTS = {
    ProcessState.STARTING: "is starting",
    ProcessState.READY: "is ready",
    ProcessState.DRAINING: "is stopping",
    ProcessState.BACKOFF: "crashed and comes back",
    ProcessState.FATAL: "is down for good",
    ProcessState.STOPPED: "is stopped",
}


class SupervisorStatus:
    def __init__(self, supervisor: Supervisor, timeout: float = TIMEOUT) -> None:
        self._supervisor = supervisor
        self._timeout = timeout
        self._request: asyncio.Task[Status] | None = None

    async def status(self) -> Status:
        """Raises `Unavailable`. A call during another one shares its answer."""
        if self._request is None or self._request.done():
            self._request = asyncio.create_task(self._ask())
        return await asyncio.shield(self._request)

    async def _ask(self) -> Status:
        try:
            async with asyncio.timeout(self._timeout):
                return await self._supervisor.status()
        except TimeoutError:
            raise Unavailable(f"The supervisor did not answer within {self._timeout:g} seconds.") from None


def problems(status: Status) -> list[str]:
    """One line for each problem. A process or bot that is named in the supervisor's own problems gets no second line."""
    named = set(re.findall(r"[\w-]+", " ".join(status.problems)))
    not_ready = [process for process in status.processes if process.state is not ProcessState.READY]
    refused = [bot for bot in status.bots if bot.state == "refused"]
    processes = [_of_process(process) for process in not_ready if process.name not in named]
    bots = [_of_bot(bot) for bot in refused if str(bot.id) not in named]
    return list(dict.fromkeys([*processes, *bots, *status.problems]))


def serving(status: Status) -> bool:
    """Whether at least one worker is ready."""
    return any(process.name.startswith("worker") and process.state is ProcessState.READY for process in status.processes)


def _of_process(process: ProcessStatus) -> str:
    return f"{process.name} {STATE_TEXTS[process.state]}" + (f": {process.last_error}" if process.last_error else "")


def _of_bot(bot: BotStatus) -> str:
    name = f"@{bot.username}" if bot.username else str(bot.id)
    return f"Telegram refuses the bot {name}" + (f": {bot.detail}" if bot.detail else "")
