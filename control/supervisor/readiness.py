"""Waits until a process is ready, and words how it came up or went down."""

from __future__ import annotations

import asyncio

from control.supervisor.job_runner import Refused, Say
from control.supervisor.process import SETTLED, Process
from control.supervisor.status import report_of
from domain.settings import Supervisor
from domain.status import ProcessState

PATIENCE = 4
"""Times `supervisor.start_seconds`. A machine that is busy needs longer for a start."""

STATE_TEXTS = {
    ProcessState.STARTING: "is not ready",
    ProcessState.READY: "has become ready",
    ProcessState.DRAINING: "is stopping again",
    ProcessState.BACKOFF: "has crashed",
    ProcessState.FATAL: "is down for good",
    ProcessState.STOPPED: "is stopped",
}


async def until_ready(process: Process, seconds: float, say: Say) -> None:
    """Returns when the process is ready. While it is not, says so every `seconds`.

    Raises `Refused` if the process fails, or is not ready after `PATIENCE` times `seconds`.
    """
    began = now()
    while not await process.ready(seconds):
        line = f"{process.spec.name} {STATE_TEXTS[process.state]} after {now() - began:.1f} s{await _why(process)}"
        if process.state in SETTLED or now() - began > PATIENCE * seconds:
            raise Refused(line)
        say(line)
    say(f"{process.spec.name} is ready after {now() - began:.1f} s")


def departure(process: Process, began: float, policy: Supervisor) -> str:
    """How a process that was asked to leave at `began` has left."""
    if process.was_killed:
        return f"{process.spec.name} did not finish within {policy.drain_seconds:g} s (supervisor.drain_seconds) and was killed"
    return f"{process.spec.name} is gone after {now() - began:.1f} s"


async def _why(process: Process) -> str:
    """The reason in brackets; empty if none is known."""
    report = await report_of(process)
    reason = next(iter(report.problems), process.status().last_error)
    return f" ({reason})" if reason else ""


def now() -> float:
    return asyncio.get_running_loop().time()
