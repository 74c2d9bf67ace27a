"""The commands that change a running Masquerade: they start a job in the supervisor and follow it to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from control.cli import console
from control.client import NotRunning, SupervisorClient
from control.supervisor.job_runner import Refused, Say
from domain.errors import Unavailable
from domain.processes import JobProgress

KINDS = {"worker": "worker", "workers": "worker", "panel": "panel", "panels": "panel"}
"""As the operator may call them."""
TRIES = 3
"""So many questions in a row may fail before the terminal gives up. A busy supervisor answers late."""


async def scale(data: Path, words: Sequence[str]) -> None:
    """`words` as the operator wrote them, "3" or "panel 2". Raises `Refused` or `domain.errors.Unavailable`."""
    what, number = words if len(words) == 2 else ("worker", " ".join(words))
    if not number.isdecimal():
        raise Refused(f"{number} is not a number; write for example: python supervisor.py scale 2")
    if what not in KINDS:
        raise Refused(f"there is nothing called {what} to scale; write for example: python supervisor.py scale worker 2")
    await carried_out(data, "scale", workers=int(number), kind=KINDS[what])


async def carried_out(data: Path, operation: str, *, say: Say = console.say, **arguments: Any) -> None:
    """Follows the job to its end. Raises `Refused` with the reason if it was refused or failed."""
    client = SupervisorClient(data)
    number = await client.begin(operation, **arguments)
    known, over = 0, False
    try:
        while not over:
            progress = await _progress(client, number, known)
            for line in progress.lines:
                say(line)
            known += len(progress.lines)
            over = progress.over
    except asyncio.CancelledError:
        console.hint("It goes on without this terminal; to see how far it is: python supervisor.py status")
        raise
    if progress.failure:
        raise Refused(progress.failure)


async def _progress(client: SupervisorClient, number: int, known: int) -> JobProgress:
    tries = 0
    while True:
        try:
            return await client.follow(number, known)
        except NotRunning as error:
            raise Refused("Masquerade has been stopped meanwhile") from error
        except Unavailable as error:
            tries += 1
            if tries == TRIES:
                raise Refused(f"{error}; the command goes on; to see how far it is: python supervisor.py status") from error
