"""One question for many viewers: those who ask at the same time, or soon after, share the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Shared(Generic[T]):
    def __init__(self, ask: Callable[[], Awaitable[T]], seconds: float) -> None:
        """`seconds`: how long an answer is good, from the moment of its question. An error is good for those who wait for it."""
        self._ask = ask
        self._seconds = seconds
        self._asked_at = 0.0
        self._question: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """Raises what the question raises."""
        if self._question is None or (self._question.done() and not self._good(self._question)):
            self._asked_at = asyncio.get_running_loop().time()
            self._question = asyncio.create_task(self._answered())
        return await asyncio.shield(self._question)

    def _good(self, question: asyncio.Task[T]) -> bool:
        old = asyncio.get_running_loop().time() - self._asked_at >= self._seconds
        return not old and not question.cancelled() and question.exception() is None

    async def _answered(self) -> T:
        return await self._ask()
