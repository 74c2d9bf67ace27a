"""A process that crashes at a chosen step: from then on its calls have no effect and never return. What a store was asked before,
it does before the next process starts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from inspect import isasyncgenfunction
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class CrashPoint:
    """When the processes of a history crash. The process that takes step number `at` crashes after it, before it learns the
    result. With `again`, the process after it crashes one step later, and so on.
    """

    at: int = 0
    """Counted from 1, beginning when it is `armed`; 0 for a history without a crash."""
    again: bool = False
    armed: bool = False
    taken: int = 0
    """Steps since the start, or since the last crash."""
    last: str = ""
    """The step after which a process crashed."""

    def is_reached(self, step: str) -> bool:
        if not self.armed:
            return False
        self.taken += 1
        reached = self.taken == self.at
        if reached:
            self.last = step
            if self.again:
                self.taken = 0
                self.at += 1
        return reached


@dataclass(slots=True)
class Process:
    """One process: it is dead once `ended` is set."""

    crash: CrashPoint
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _calls: int = 0
    _idle: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def calling(self) -> Iterator[None]:
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1
            self._idle.set()

    async def calls_end(self) -> None:
        """Wait until the stores have answered every call that was made before the end."""
        while self._calls:
            self._idle.clear()
            await self._idle.wait()

    @property
    def dead(self) -> bool:
        return self.ended.is_set()

    def step(self, name: str, act: Callable[[], T]) -> T | None:
        """Take a step: the result of `act`, or None if the process is dead."""
        if self.dead:
            return None
        result = act()
        if self.crash.is_reached(name):
            self.ended.set()
        return result


class CrashingStore:
    """A store whose calls are steps of a process. Calls of a dead process never return.

    Reading events is a step only if there are some. Calls of the methods in `background`, which timers make, are none.
    """

    def __init__(self, store: Any, process: Process, background: frozenset[str] = frozenset()) -> None:
        self._store = store
        self._process = process
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
        if not self._process.dead and self._process.crash.is_reached(f"{name} {args}"):
            with self._process.calling():
                await method(*args, **kwargs)
            self._process.ended.set()
        return await self._quietly(method, *args, **kwargs)

    async def _read(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        entries = await self._quietly(method, *args, **kwargs)
        if entries:
            self._process.step(f"read {entries}", lambda: None)
        return await self._returned(entries)

    async def _each(self, method: Any, *args: Any) -> Any:
        async for item in method(*args):
            yield await self._returned(item)

    async def _quietly(self, method: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            with self._process.calling():
                result = None if self._process.dead else await method(*args, **kwargs)
        except Exception:
            if not self._process.dead:
                raise
            result = None  # its connections are closed
        return await self._returned(result)

    async def _returned(self, result: Any) -> Any:
        if self._process.dead:
            await _wait_for_ever()
        return result


async def _wait_for_ever() -> None:
    """Wait until cancelled. A cancelled call may have raised a lost connection instead of CancelledError: raise that here."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
    await asyncio.Event().wait()
