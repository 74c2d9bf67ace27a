"""HousekeepingActor: what has to be done now and then. One worker of all does it for all, under a lease; the others stand by, and
one of them goes on within seconds where it dies.

    by the holder of the lease    pool and records brought in line (`actors/upkeep/reconciler.py`), old records deleted, event
    streams
                                  kept within their limits; also the MatcherActor's sweep
    by every process              what it had said to others said again where Redis lost it; hearing what was changed elsewhere
"""

from __future__ import annotations

import logging
from asyncio import Task
from collections.abc import Awaitable, Callable

from actors.messages import CheckMemory, CleanUp, HearNews, HoldLease, HousekeepingJob, HousekeepingMessage, TendStreams
from actors.runtime.actor import Actor
from domain.ask import Response
from domain.errors import Unavailable
from domain.model.events import ConfigChanged, ProfileChanged
from domain.ports.cluster import HousekeepingLease
from domain.ports.streams import News, StreamWatch

HOLD_SECONDS = 1.0
CHECK_SECONDS = 2.0
CLEAN_UP_SECONDS = 3600.0
TEND_SECONDS = 10.0
NEWS_SECONDS = 0.5

logger = logging.getLogger(__name__)


class HousekeepingActor(Actor[HousekeepingMessage]):
    __slots__ = ("_changed", "_jobs", "_lease", "_news", "_purge", "_reconcile", "_recover", "_streams")

    def __init__(
        self,
        *,
        lease: HousekeepingLease,
        streams: StreamWatch,
        news: News,
        changed: Callable[[ProfileChanged | ConfigChanged | None], None],
        recover: Callable[[], Awaitable[None]],
        reconcile: Callable[[], Awaitable[None]],
        purge: Callable[[], Awaitable[int]],
    ) -> None:
        """`changed` is told whose profile changed elsewhere, or that the configuration did; None where that is not known.
        `recover` appends to the event streams what Redis has lost of ours. `reconcile` brings pool and records in line. `purge`
        deletes what is past its retention and says how many rows that were.
        """
        super().__init__()
        self._lease = lease
        self._streams = streams
        self._news = news
        self._changed = changed
        self._recover = recover
        self._reconcile = reconcile
        self._purge = purge
        self._jobs: dict[type[HousekeepingJob], Task[None]] = {}
        """The last of each kind. None is begun before the one before it has ended."""

    async def on_start(self) -> None:  # type: ignore[override]  # may be async here
        """The first reconciliation is part of the start: no bot is served from an empty pool."""
        if await self._lease.hold():
            await self._reconcile()
        await self._news.read()
        self.every(HOLD_SECONDS, HoldLease())
        self.every(CHECK_SECONDS, CheckMemory())
        self.every(CLEAN_UP_SECONDS, CleanUp())
        self.every(TEND_SECONDS, TendStreams())
        self.every(NEWS_SECONDS, HearNews())

    def on_receive(self, message: HousekeepingMessage) -> Response:
        """A job is done beside the others, so that the lease is held on meanwhile. Whoever asks is answered at its end."""
        if isinstance(message, HoldLease):
            return self._hold()
        job = self._jobs.get(type(message))
        if job is None or job.done():
            job = self._jobs[type(message)] = self.work(self._do(message))
            job.add_done_callback(self._ended)
        return job

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        for job in self._jobs.values():
            job.cancel()
        try:
            await self._lease.give_back()
        except Unavailable as error:
            logger.warning("another worker takes over the housekeeping a few seconds later: %s", error)

    async def _hold(self) -> None:
        before = self._lease.held
        try:
            await self._lease.hold()
        except Unavailable as error:
            logger.warning("the housekeeping could not be held: %s", error)
        if self._lease.held is not before:
            logger.info("this worker %s", "does the housekeeping now" if self._lease.held else "does the housekeeping no more")

    async def _do(self, job: HousekeepingJob) -> None:
        try:
            match job:
                case HearNews():
                    await self._hear()
                case CheckMemory():
                    await self._recover()
                    await self._for_all(self._reconcile)
                case CleanUp():
                    await self._for_all(self._clean_up)
                case TendStreams():
                    await self._for_all(self._streams.tend)
        except Unavailable as error:
            logger.warning("%s could not be done: %s", type(job).__name__, error)

    async def _for_all(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._lease.held:
            await work()

    async def _clean_up(self) -> None:
        logger.info("%d rows past their retention deleted", await self._purge())

    async def _hear(self) -> None:
        news = await self._news.read()
        for each in [None] if news is None else news:
            self._changed(each)

    def _ended(self, job: Task[None]) -> None:
        if not job.cancelled() and (error := job.exception()) is not None:
            self.fail(error)
