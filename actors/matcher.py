"""MatcherActor: the door to the pool. What is asked within one turn of the loop goes in one round trip. Two round trips may be
under way; what is asked meanwhile waits in order, so a store that hesitates costs two connections, not one for each who asks.
The decisions themselves are the pool's (`storage/redis/lua/`): any number of matchers in any number of processes may ask at once.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, TypeAlias

from actors.messages import MatcherMessage, Sweep, Touch
from actors.runtime.actor import Actor
from actors.runtime.timers import Timer
from domain.ask import Response, reply
from domain.configuration import LiveConfiguration
from domain.errors import Unavailable
from domain.matching.requests import Answer, Request
from domain.model.ids import ChatId
from domain.ports.pool import Pool

MOST_AT_ONCE = 500
"""Requests in one round trip."""
IN_FLIGHT = 2
"""Round trips under way at once: the store works at one while the other is on its way."""
PAIRS_A_SWEEP = 100
SWEEPS_AT_ONCE = 50
"""A crowd that became compatible all at once is paired without a wait, up to so many sweeps; the next ring goes on."""

Asked: TypeAlias = list[tuple[Request, "Future[Answer]"]]

STOPPING = "the matcher is stopping"

logger = logging.getLogger(__name__)


class MatcherActor(Actor[MatcherMessage]):
    __slots__ = (
        "_asked",
        "_flushing",
        "_in_flight",
        "_live",
        "_pool",
        "_sweeping",
        "_sweeps",
        "_timer",
        "_touched",
        "_under_way",
    )

    MAILBOX_LIMIT = 100_000

    def __init__(self, pool: Pool, live: LiveConfiguration, *, sweeps: Callable[[], bool] = lambda: True) -> None:
        """`sweeps` tells whether this process sweeps the pool for all."""
        super().__init__()
        self._sweeps = sweeps
        self._pool = pool
        self._live = live
        self._timer: Timer[MatcherMessage] | None = None
        self._touched: set[ChatId] = set()
        self._asked: deque[tuple[Request, Future[Answer]]] = deque()
        self._flushing = False
        self._in_flight = 0
        self._under_way: set[Task[None]] = set()
        self._sweeping = False

    def on_start(self) -> None:
        self._live.watch(self._keep_time)
        self._keep_time()

    def _keep_time(self) -> None:
        """Called again after each change of the configuration, between messages."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if self.dead else self.every(self._live.current.matching.rescan_seconds / 2, Sweep())

    def on_receive(self, message: MatcherMessage) -> Response:
        match message:
            case Sweep():
                if not self._sweeping:
                    self._own_task(self._sweep())
                return None
            case Touch(chat=chat):
                self._touched.add(chat)
                return None
            case _:
                return reply(message, self._asked_for(message))

    def _asked_for(self, message: Request) -> Future[Answer]:
        answer: Future[Answer] = self.loop.create_future()
        self._asked.append((message, answer))
        if not self._flushing and self._in_flight < IN_FLIGHT:
            self._flushing = True
            self.loop.call_soon(self._flush)
        return answer

    def on_stop(self) -> None:
        for task in self._under_way:
            task.cancel()
        _refuse(self._asked, Unavailable(STOPPING))
        self._asked.clear()

    def _flush(self) -> None:
        self._flushing = False
        while self._in_flight < IN_FLIGHT and (together := self._next_batch()):
            self._in_flight += 1
            self._own_task(self._decide(together)).add_done_callback(partial(self._batch_ended, together))

    def _next_batch(self) -> Asked:
        return [self._asked.popleft() for _ in range(min(len(self._asked), MOST_AT_ONCE))]

    def _batch_ended(self, batch: Asked, task: Task[None]) -> None:
        """A stop may cancel the task, perhaps before it began."""
        self._in_flight -= 1
        if task.cancelled():
            _refuse(batch, Unavailable(STOPPING))
        self._flush()

    async def _decide(self, asked: Asked) -> None:
        try:
            outcomes = await self._pool.decide([request for request, _ in asked])
        except Exception as error:
            _refuse(asked, error)
            if not isinstance(error, Unavailable):
                raise
            return
        for (request, answer), outcome in zip(asked, outcomes, strict=True):
            if isinstance(outcome, Exception):
                _refuse([(request, answer)], outcome)
            elif not answer.done():
                answer.set_result(outcome)

    async def _sweep(self) -> None:
        self._sweeping = True
        touched, self._touched = self._touched, set()
        try:
            await self._pool.touch(list(touched))
            if self._sweeps():
                await self._sweep_for_all()
        except Unavailable as error:
            self._touched |= touched
            logger.warning("no sweep of the pool: %s", error)
        finally:
            self._sweeping = False

    async def _sweep_for_all(self) -> None:
        ended = await self._pool.end_idle(self._live.current.chat.idle_minutes * 60)
        paired = await self._pair()
        if paired or ended:
            logger.info("the sweep paired %d couples and ended %d silent chats", paired, ended)

    async def _pair(self) -> int:
        """Sweeps again while a sweep made as many pairs as it may: there may be more."""
        paired = 0
        for _ in range(SWEEPS_AT_ONCE):
            made = await self._pool.sweep(pairs=PAIRS_A_SWEEP)
            paired += made
            if made < PAIRS_A_SWEEP:
                break
            await asyncio.sleep(0)
        return paired

    def _own_task(self, work: Coroutine[Any, Any, None]) -> Task[None]:
        task: Task[None] = self.work(work)
        self._under_way.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("the pool failed", exc_info=task.exception())


def _refuse(asked: Iterable[tuple[Request, Future[Answer]]], error: Exception) -> None:
    for _, answer in asked:
        if not answer.done():
            answer.set_exception(error)
