"""Puts requests together into batches: those that come during a round trip go together in the next one.

A crowd that comes at once, as after a restart, then needs a few round trips instead of a connection each.
"""

from __future__ import annotations

import asyncio
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from domain.errors import Unavailable

MOST_AT_ONCE = 500

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Batches(Generic[Request, Answer]):
    def __init__(
        self,
        run: Callable[[Sequence[Request]], Awaitable[Sequence[Answer]]],
        *,
        pause: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`run` answers the requests of a batch, in their order. Where it raises `Unavailable`, all requests of the batch do. Any
        other error is taken for the fault of one request: the batch is halved until that one is alone. So `run` may get the same
        request again. `pause` waits between two batches.
        """
        self._run = run
        self._pause = pause
        self._waiting: list[tuple[Request, Future[Answer]]] = []
        self._working: Task[None] | None = None

    async def ask(self, request: Request) -> Answer:
        loop = asyncio.get_running_loop()
        answer: Future[Answer] = loop.create_future()
        self._waiting.append((request, answer))
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            awaited = [(request, answer) for request, answer in self._waiting if not answer.done()]
            batch, self._waiting = awaited[:MOST_AT_ONCE], awaited[MOST_AT_ONCE:]
            if batch:
                await self._answer(batch)
                if self._pause is not None:
                    await self._pause()

    async def _answer(self, requests: Sequence[tuple[Request, Future[Answer]]]) -> None:
        try:
            answers = await self._run([request for request, _ in requests])
        except Exception as error:  # noqa: BLE001 - whoever asked raises it
            if len(requests) > 1 and not isinstance(error, Unavailable):
                middle = len(requests) // 2
                await self._answer(requests[:middle])
                await self._answer(requests[middle:])
                return
            for _, answer in requests:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), answered in zip(requests, answers, strict=True):
                if not answer.done():
                    answer.set_result(answered)
