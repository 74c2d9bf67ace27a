"""MatcherActor: the door to the pool. What is asked within one turn of the loop goes in one round trip; the decisions themselves
are the pool's (`storage/lua/`), so any number of matchers in any number of processes may ask at once.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from typing import Any

from actors.loop_actor import LoopActor
from domain.errors import Unavailable
from domain.messages import MatcherMessage, Sweep
from domain.pool import Answer, Request
from domain.ports import Pool

MOST_AT_ONCE = 500
"""Requests in one round trip."""
PAIRS_A_SWEEP = 100

logger = logging.getLogger(__name__)


class MatcherActor(LoopActor[MatcherMessage]):
    __slots__ = ("_asked", "_pool", "_rescan_seconds", "_sweeping", "_under_way")

    MAILBOX_LIMIT = 100_000

    def __init__(self, pool: Pool, *, rescan_seconds: float) -> None:
        super().__init__()
        self._pool = pool
        self._rescan_seconds = rescan_seconds
        self._asked: list[tuple[Request, Future[Answer]]] = []
        self._under_way: set[Task[None]] = set()
        self._sweeping = False

    def on_start(self) -> None:
        self.every(self._rescan_seconds / 2, Sweep())

    def on_receive(self, message: MatcherMessage) -> Any:
        if isinstance(message, Sweep):
            if not self._sweeping:
                self._own_task(self._sweep())
            return None
        answer: Future[Answer] = self.loop.create_future()
        if not self._asked:
            self.loop.call_soon(self._flush)
        self._asked.append((message, answer))
        return answer

    def on_stop(self) -> None:
        for task in self._under_way:
            task.cancel()

    def _flush(self) -> None:
        asked, self._asked = self._asked, []
        for start in range(0, len(asked), MOST_AT_ONCE):
            self._own_task(self._decide(asked[start : start + MOST_AT_ONCE]))

    async def _decide(self, asked: list[tuple[Request, Future[Answer]]]) -> None:
        try:
            answers = await self._pool.decide([request for request, _ in asked])
        except BaseException as error:
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(error if isinstance(error, Exception) else Unavailable("the matcher is stopping"))
            if not isinstance(error, Unavailable):
                raise
            return
        for (_, answer), decided in zip(asked, answers, strict=True):
            if not answer.done():
                answer.set_result(decided)

    async def _sweep(self) -> None:
        self._sweeping = True
        try:
            paired = await self._pool.sweep(pairs=PAIRS_A_SWEEP)
        except Unavailable as error:
            logger.warning("no sweep of the queue: %s", error)
        else:
            if paired:
                logger.info("the sweep paired %d couples", paired)
        finally:
            self._sweeping = False

    def _own_task(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("the pool failed", exc_info=task.exception())
