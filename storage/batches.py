"""Round trips shared: what is asked for while one is under way goes together in the next. A crowd that comes at once, as after a
restart, then waits for a few of them, not for a connection each.
"""

from __future__ import annotations

import asyncio
from asyncio import Future, Task
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from domain.errors import Unavailable

MOST_AT_ONCE = 500

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Batches(Generic[Asked, Answer]):
    def __init__(self, carry_out: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]]) -> None:
        """`carry_out` answers each in turn. Where the store is away (`Unavailable`) all of its batch raise that. Whatever else it
        raises is the fault of one item: the batch is halved until that is alone, so `carry_out` may be asked for the same again.
        """
        self._carry_out = carry_out
        self._waiting: list[tuple[Asked, Future[Answer]]] = []
        self._working: Task[None] | None = None

    async def ask(self, what: Asked) -> Answer:
        loop = asyncio.get_running_loop()
        answer: Future[Answer] = loop.create_future()
        self._waiting.append((what, answer))
        if self._working is None or self._working.done():
            self._working = loop.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            await self._answer([(what, answer) for what, answer in batch if not answer.done()])

    async def _answer(self, asked: Sequence[tuple[Asked, Future[Answer]]]) -> None:
        try:
            answers = await self._carry_out([what for what, _ in asked])
        except Exception as error:  # noqa: BLE001 - whoever asked raises it
            if len(asked) > 1 and not isinstance(error, Unavailable):
                middle = len(asked) // 2
                await self._answer(asked[:middle])
                await self._answer(asked[middle:])
                return
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error)
        else:
            for (_, answer), answered in zip(asked, answers, strict=True):
                if not answer.done():
                    answer.set_result(answered)
