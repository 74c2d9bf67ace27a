"""What a child process is made from, and the system calls that start and signal it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from control.child import CHANNEL, FAMILY, LISTENING
from control.launch import OUTLIVES, SUPERVISOR
from control.supervisor.listeners import Listeners, Place
from control.supervisor.pipes import LINE_LIMIT

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """One process of the installation."""

    name: str
    module: str
    """`control/launch.py` runs it as the program; it calls `control.child.run_child`."""
    arguments: tuple[str, ...] = ()
    environ: Mapping[str, str] = field(default_factory=dict)
    memory_limit_mb: int = 0
    """0: no limit."""
    listens: Place | None = None
    """The port that it serves, alone or with others."""
    outlives: float = 0.0
    """Seconds for which it goes on when the supervisor was killed."""


async def spawn(
    spec: Spec, channel: socket.socket, *, environ: Mapping[str, str], inherit: Sequence[int], listeners: Listeners
) -> asyncio.subprocess.Process:
    """Starts the process with its end of the socket pair. Raises OSError."""
    own = {CHANNEL: str(channel.fileno()), SUPERVISOR: str(os.getpid()), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    if spec.outlives:
        own[OUTLIVES], own[FAMILY] = str(spec.outlives), ",".join(map(str, inherit))
    if spec.listens is not None:
        listening = listeners.join(spec.name, spec.listens)
        own[LISTENING], inherit = str(listening), (*inherit, listening)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "control.launch", spec.module, *spec.arguments),
        env={**os.environ, **spec.environ, **environ, **own},
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        limit=LINE_LIMIT,
        pass_fds=(channel.fileno(), *inherit),
        start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops its children in order
    )


def send_signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Nothing happens if the process has ended already."""
    with suppress(ProcessLookupError):
        process.send_signal(number)


def exit_text(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


async def cancel_all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancels the tasks and waits for them. A task that had failed is logged."""
    for task in tasks:
        task.cancel()
    for outcome in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(outcome, Exception):
            logger.error("watching a process failed: %r", outcome, exc_info=outcome)
