"""What a command is busy with: a status line on a terminal; elsewhere a start or a stop has a plain line at every change."""

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
Show = Callable[[str], None]
"""Told what is waited for or done now; empty once nothing is."""


class Phase(Enum):
    START = ("Starting", frozenset({ProcessState.STARTING, ProcessState.BACKOFF}))
    STOP = ("Stopping", frozenset({ProcessState.DRAINING}))


class Progress:
    """A `Show` for the operator's eyes. What is printed meanwhile by `console.errors` stands above the status line."""

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
        """On a terminal only: it is over soon."""
        if not _on_terminal():
            return
        if self._line is not None and not text:
            self._line.stop()
            self._line = None
        elif self._line is not None:
            self._line.update(f"{escape(text)} …")
        elif text:
            self._line = console.errors.status(f"{escape(text)} …")
            self._line.start()


def _on_terminal() -> bool:
    """Nothing is drawn beside output that goes elsewhere: it may be shown on that very terminal, as by a pager."""
    return console.out.is_terminal and console.errors.is_terminal


@asynccontextmanager
async def narrated(phase: Phase, look: Callable[[], Awaitable[Status]], show: Show) -> AsyncIterator[None]:
    """As long as the block lasts, `show` is told which processes are not there yet, or not gone yet, and why."""
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
    """Empty where nothing is."""
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
