"""A process that dies at a chosen step. Whatever it would still do reaches nobody; that is all that a crash is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from inspect import isasyncgenfunction
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Fate:
    """Of all processes of one history: the one that takes step number `at` dies of it, before it learns what came of the step.
    With `again`, the next one lives one step longer and dies too, and so on: of lives all as short as that, each may begin
    everybody's work once more and end nobody's.
    """

    at: int = 0
    """Counted from 1, since the fate is `sealed`; 0 for a history without a crash."""
    again: bool = False
    sealed: bool = False
    taken: int = 0
    last: str = ""
    """The step that was died of."""

    def strikes(self, step: str) -> bool:
        if not self.sealed:
            return False
        self.taken += 1
        struck = self.taken == self.at
        if struck:
            self.last = step
            if self.again:
                self.taken = 0
                self.at += 1
        return struck


@dataclass(slots=True)
class Life:
    """Of one process."""

    fate: Fate
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def over(self) -> bool:
        return self.ended.is_set()

    def step(self, name: str, act: Callable[[], T]) -> T | None:
        """None where the process is dead."""
        if self.over:
            return None
        result = act()
        if self.fate.strikes(name):
            self.ended.set()
        return result


class Mortal:
    """A store as a process has it that may die of any call to it. Calls of a dead process never return.

    Reading the events counts as a step only where it brings some; `background` calls, which come by the clock, never do.
    """

    def __init__(self, store: Any, life: Life, background: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._life = life
        self._background = background

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if not callable(method):
            return method
        if isasyncgenfunction(method):
            return partial(self._each, method)
        if name == "read":
            return partial(self._read, method)
        if name in self._background:
            return partial(self._quietly, method)
        return partial(self._call, name, method)

    async def _call(self, name: str, method: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._life.over and self._life.fate.strikes(f"{name} {args}"):
            await method(*args, **kwargs)
            self._life.ended.set()
        return await self._quietly(method, *args, **kwargs)

    async def _read(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        entries = await self._quietly(method, *args, **kwargs)
        if entries:
            self._life.step(f"read {entries}", lambda: None)
        return await self._returned(entries)

    async def _each(self, method: Any, *args: Any) -> Any:
        async for item in method(*args):
            yield await self._returned(item)

    async def _quietly(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            result = None if self._life.over else await method(*args, **kwargs)
        except Exception:
            if not self._life.over:
                raise
            result = None  # its connections were closed under it
        return await self._returned(result)

    async def _returned(self, result: Any) -> Any:
        if self._life.over:
            await _for_ever()
        return result


async def _for_ever() -> None:
    """Until cancelled. A call that is cancelled and loses its connection at once may have answered with the loss alone."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.Event().wait()
