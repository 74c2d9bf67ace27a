"""The supervisor's status for the panel. Viewers who ask at the same time, or soon after, share one request."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping

from domain.errors import Unavailable
from domain.ports.supervisor import Supervisor
from domain.status import BotStatus, ProcessState, ProcessStatus, Status
from web.shared import Shared

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
    def __init__(self, supervisor: Supervisor, timeout: float = TIMEOUT, *, good_for: float = 0.0) -> None:
        """`good_for`: seconds, from the moment of the question."""
        self._supervisor = supervisor
        self._timeout = timeout
        self._shared = Shared(self._ask, good_for)

    async def status(self) -> Status:
        """Raises `Unavailable`."""
        return await self._shared.get()

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


def panels(status: Status) -> int:
    """How many panels share the viewers; at least the one that asks."""
    over = {ProcessState.FATAL, ProcessState.STOPPED}
    return max(1, sum(each.name.startswith("panel") and each.state not in over for each in status.processes))


def names_of(status: Status) -> Mapping[int, str]:
    """The @username of each bot that has one."""
    return {bot.id: f"@{bot.username}" for bot in status.bots if bot.username}


def _of_process(process: ProcessStatus) -> str:
    return f"{process.name} {STATE_TEXTS[process.state]}" + (f": {process.last_error}" if process.last_error else "")


def _of_bot(bot: BotStatus) -> str:
    name = f"@{bot.username}" if bot.username else str(bot.id)
    return f"Telegram refuses the bot {name}" + (f": {bot.detail}" if bot.detail else "")
