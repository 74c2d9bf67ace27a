"""Shows what a command waits for: a status line on a terminal, else a plain line at each change."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from enum import Enum
from typing import Self

from rich.markup import escape
from rich.status import Status as Line

from control.cli import console
from domain.errors import Unavailable
from domain.status import ProcessState, Status

LOOK_EVERY = 0.5
"""Seconds between two looks at the status."""
Show = Callable[[str], None]
"""Is told what is done or waited for now; empty once nothing is."""


class Phase(Enum):
    START = ("Starting", frozenset({ProcessState.STARTING, ProcessState.BACKOFF}))
    STOP = ("Stopping", frozenset({ProcessState.DRAINING}))


class Progress:
    """A `Show` for the operator. What `console.errors` prints meanwhile appears above the status line."""

    def __init__(self) -> None:
        self._line: Line | None = None
        self._told = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self("")

    def __call__(self, text: str) -> None:
        if _on_terminal():
            self.briefly(text)
        elif text and text != self._told:
            console.say(f"{text} …")
        self._told = text

    def briefly(self, text: str) -> None:
        """For a short step: it is shown on a terminal only."""
        if not _on_terminal():
            return
        if self._line is not None and not text:
            self._line.stop()
            self._line = None
        elif self._line is not None:
            self._line.update(f"{escape(text)} …")
        elif text:
            spinner = "line" if console.errors.options.ascii_only else "dots"
            self._line = console.errors.status(f"{escape(text)} …", spinner=spinner)
            self._line.start()


def _on_terminal() -> bool:
    """False if stdout or stderr goes elsewhere: a pager may show it on the same terminal."""
    return console.out.is_terminal and console.errors.is_terminal


@asynccontextmanager
async def narrated(phase: Phase, look: Callable[[], Awaitable[Status]], show: Show) -> AsyncIterator[None]:
    """While the block runs, `show` is told which processes have not started yet, or not stopped yet, and why."""
    telling = asyncio.create_task(_tell(phase, look, show), name="progress")
    try:
        yield
    finally:
        telling.cancel()
        await asyncio.wait([telling])
        show("")
    if not telling.cancelled():
        telling.result()


def waited_for(phase: Phase, status: Status) -> str:
    """What is waited for; empty if nothing is."""
    verb, states = phase.value
    names = ", ".join(process.name for process in status.processes if process.state in states)
    why = f" ({status.problems[0]})" if phase is Phase.START and status.problems else ""
    return f"{verb} {names}{why}" if names else ""


async def _tell(phase: Phase, look: Callable[[], Awaitable[Status]], show: Show) -> None:
    while True:
        try:
            status = await look()
        except Unavailable:  # it is gone: the stop is over
            return
        if text := waited_for(phase, status):
            show(text)
        await asyncio.sleep(LOOK_EVERY)
