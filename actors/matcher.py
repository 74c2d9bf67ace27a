"""MatcherActor: sends the worker's requests to the pool, and sweeps the pool. All requests of one loop turn go in one round trip.
At most two round trips are in flight; further requests wait in order, so a slow store costs two connections and not one for each
request. The scripts in `storage/redis/lua/` decide, so any number of matchers in any number of processes may run at once.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from functools import partial
from typing import Any, TypeAlias

from actors.crowd import Crowd
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
"""Round trips at once: the store works on one while the other is on its way."""
PAIRS_A_SWEEP = 100
SWEEPS_AT_ONCE = 50
"""Sweeps in a row, while each makes as many pairs as it may. The next `Sweep` goes on with the rest."""

Pending: TypeAlias = tuple[Request, "Future[Answer]"]

STOPPING = "the matcher is stopping"

logger = logging.getLogger(__name__)


class MatcherActor(Actor[MatcherMessage]):
    __slots__ = (
        "_crowd",
        "_flushing",
        "_in_flight",
        "_live",
        "_pool",
        "_sweeping",
        "_sweeps",
        "_timer",
        "_touched",
        "_waiting",
    )

    MAILBOX_LIMIT = 100_000

    def __init__(
        self,
        pool: Pool,
        live: LiveConfiguration,
        *,
        sweeps: Callable[[], bool] = lambda: True,
        crowd: Crowd | None = None,
    ) -> None:
        """`sweeps` tells whether this process sweeps the pool for the whole installation. `crowd` is told how many search."""
        super().__init__()
        self._crowd = crowd
        self._sweeps = sweeps
        self._pool = pool
        self._live = live
        self._timer: Timer[MatcherMessage] | None = None
        self._touched: set[ChatId] = set()
        self._waiting: deque[Pending] = deque()
        self._flushing = False
        self._in_flight = 0
        self._sweeping = False

    def on_start(self) -> None:
        self._live.watch(self._start_timer)
        self._start_timer()

    def _start_timer(self) -> None:
        """Also called after each change of the configuration, between messages."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if self.dead else self.every(self._live.current.matching.rescan_seconds / 2, Sweep())

    def on_receive(self, message: MatcherMessage) -> Response:
        match message:
            case Sweep():
                if not self._sweeping:
                    self._ask_pool(self._sweep())
                return None
            case Touch(chat=chat):
                self._touched.add(chat)
                return None
            case _:
                return reply(message, self._enqueue(message))

    def _enqueue(self, request: Request) -> Future[Answer]:
        answer: Future[Answer] = self.loop.create_future()
        self._waiting.append((request, answer))
        if not self._flushing and self._in_flight < IN_FLIGHT:
            self._flushing = True
            self.loop.call_soon(self._flush)
        return answer

    def _flush(self) -> None:
        """Once the actor has ended, the pool is asked nothing more, and whoever waits is told so."""
        self._flushing = False
        if self.dead:
            _refuse(self._waiting, Unavailable(STOPPING))
            self._waiting.clear()
        while self._in_flight < IN_FLIGHT and (batch := self._next_batch()):
            self._in_flight += 1
            self._ask_pool(self._decide(batch)).add_done_callback(partial(self._batch_ended, batch))

    def _next_batch(self) -> list[Pending]:
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]

    def _batch_ended(self, batch: list[Pending], task: Task[None]) -> None:
        """The task may have been cancelled by the actor's end, even before it began."""
        self._in_flight -= 1
        if task.cancelled():
            _refuse(batch, Unavailable(STOPPING))
        self._flush()

    async def _decide(self, batch: list[Pending]) -> None:
        try:
            outcomes = await self._pool.decide([request for request, _ in batch])
        except Exception as error:
            _refuse(batch, error)
            if not isinstance(error, Unavailable):
                raise
            return
        for (request, answer), outcome in zip(batch, outcomes, strict=True):
            if isinstance(outcome, Exception):
                _refuse([(request, answer)], outcome)
            elif not answer.done():
                answer.set_result(outcome)

    async def _sweep(self) -> None:
        self._sweeping = True
        touched, self._touched = self._touched, set()
        try:
            await self._pool.touch(list(touched))
            touched = set()
            if self._sweeps():
                await self._sweep_pool()
            if self._crowd is not None and self._crowd.wanted:
                self._crowd.counted(await self._pool.waiting())
        except Unavailable as error:
            self._touched |= touched
            logger.warning("the pool was not swept: %s", error)
        finally:
            self._sweeping = False

    async def _sweep_pool(self) -> None:
        ended = await self._pool.end_idle(self._live.current.chat.idle_minutes * 60)
        paired = await self._pair()
        if paired or ended:
            logger.info("the sweep paired %d couples and ended %d silent chats", paired, ended)

    async def _pair(self) -> int:
        """Sweeps again while a sweep makes as many pairs as it may, since there may be more."""
        paired = 0
        for _ in range(SWEEPS_AT_ONCE):
            made = await self._pool.sweep(pairs=PAIRS_A_SWEEP)
            paired += made
            if made < PAIRS_A_SWEEP:
                break
            await asyncio.sleep(0)
        return paired

    def _ask_pool(self, work: Coroutine[Any, Any, None]) -> Task[None]:
        task: Task[None] = self.work(work)
        task.add_done_callback(_log_failure)
        return task


def _log_failure(task: Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.error("the pool failed", exc_info=task.exception())


def _refuse(pending: Iterable[Pending], error: Exception) -> None:
    for _, answer in pending:
        if not answer.done():
            answer.set_exception(error)
