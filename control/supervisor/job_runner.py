"""Long commands of the operator: one at a time, each told step by step to whoever follows it.

*Invariant*: a command belongs to the supervisor. It goes on when the terminal that asked for it is gone, and ends with the house.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from domain.errors import MasqueradeError

NEWS_SECONDS = 2.0
"""How long one question for news waits for some."""

logger = logging.getLogger(__name__)
Say = Callable[[str], None]
Work = Callable[[Say], Awaitable[None]]
"""Carries a command out, and says each step. What it raises of `MasqueradeError` is its refusal or failure."""


class Refused(MasqueradeError):  # noqa: N818 - names the answer
    """What was asked for cannot be; one line that names the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a command has said beyond the lines that are known already."""

    lines: tuple[str, ...] = ()
    over: bool = False
    failure: str = ""
    """Why it was refused or broken off; empty where all went well."""


class Desk:
    def __init__(self) -> None:
        self._number = 0
        self._title = ""
        self._lines: list[str] = []
        self._failure = ""
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def under_way(self) -> str:
        """The command that is being carried out and its last step; empty where none is."""
        if self._task is None:
            return ""
        return f"{self._title}: {self._lines[-1]}" if self._lines else self._title

    def begin(self, title: str, work: Work) -> int:
        """The command's number, for `news`. Raises `Refused` while another one is under way."""
        if self._task is not None:
            raise Refused(f"one thing at a time: under way is {self.under_way}; try again when that is over")
        logger.info("asked to %s", title)
        self._number += 1
        self._title, self._lines, self._failure = title, [], ""
        self._task = asyncio.create_task(self._carry_out(work), name=title)
        return self._number

    async def news(self, number: int, known: int) -> News:
        """Waits a little where there is none. `known`: how many lines of that command have been seen."""
        if number == self._number and self._task is not None and len(self._lines) <= known:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), NEWS_SECONDS)
        if number != self._number:
            return News(over=True, failure="another command has been carried out since; look at: python supervisor.py status")
        return News(lines=tuple(self._lines[known:]), over=self._task is None, failure=self._failure)

    async def close(self) -> None:
        """What is under way is broken off where it stands."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    async def _carry_out(self, work: Work) -> None:
        try:
            await work(self._say)
        except MasqueradeError as error:
            self._failure = str(error)
            logger.warning("%s: %s", self._title, error)
        except asyncio.CancelledError:
            self._failure = f"Masquerade is being stopped; {self._title} was broken off"
            logger.warning("%s", self._failure)
        except Exception as error:
            self._failure = f"{self._title} failed ({type(error).__name__}); see logs/error.log"
            logger.exception("%s failed", self._title)
        finally:
            self._task = None
            self._tell()

    def _say(self, line: str) -> None:
        logger.info("%s: %s", self._title, line)
        self._lines.append(line)
        self._tell()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()
