"""The commands that change the running house, as the terminal sees them: asked for, then followed to their end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from control.cli import console
from control.client import NotRunning, SupervisorClient
from control.supervisor.job_runner import Refused, Say

WORKER = frozenset({"worker", "workers"})


async def scale(data: Path, words: Sequence[str]) -> None:
    """`words`: as written, "3" or "worker 3". Raises `Refused` or `domain.errors.Unavailable`, in one line."""
    what, number = words if len(words) == 2 else ("worker", " ".join(words))
    if not number.isdecimal():
        raise Refused(f"{number} is not a number; write for example: python supervisor.py scale 2")
    if what == "panel":
        if int(number) != 1:
            raise Refused("the panel is one process: it keeps no state and serves all admins; nothing was changed")
        console.say("1 panel already")
    elif what not in WORKER:
        raise Refused(f"there is nothing called {what} to scale; write for example: python supervisor.py scale worker 2")
    else:
        await carried_out(data, "scale", workers=int(number))


async def carried_out(data: Path, order: str, *, say: Say = console.say, **arguments: Any) -> None:
    """Follows a long command to its end; raises `Refused` with the reason where it was refused or failed."""
    client = SupervisorClient(data)
    number = await client.begin(order, **arguments)
    known, over = 0, False
    try:
        while not over:
            news = await client.news(number, known)
            for line in news.lines:
                say(line)
            known += len(news.lines)
            over = news.over
    except asyncio.CancelledError:
        console.hint("It goes on without this terminal; to see how far it is: python supervisor.py status")
        raise
    except NotRunning as error:
        raise Refused("Masquerade has been stopped meanwhile") from error
    if news.failure:
        raise Refused(news.failure)
