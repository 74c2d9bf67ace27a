"""HousekeepingActor: runs periodic jobs. One worker holds a lease and does the jobs of the whole installation; if it dies,
another takes over within seconds.

- The holder of the lease reconciles pool and records (`actors/upkeep/reconciler.py`), deletes old records, and keeps event
  streams within their limits. The MatcherActor sweeps only where this lease is held.
- Every process reads the news of what was changed elsewhere, and appends again those of its events that Redis has lost.
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
        """`changed` gets each piece of news; None means that some were missed, so anything may have changed. `recover` appends
        again those events of this process that Redis has lost. `purge` deletes rows past their retention; returns how many.
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
        """The last job of each kind. The next one of that kind starts only when it has ended."""

    async def on_start(self) -> None:  # type: ignore[override]  # may be async here
        """Reconciles once as part of the start, so that no bot is served from an empty pool."""
        if await self._lease.hold():
            await self._reconcile()
        await self._news.read()
        self.every(HOLD_SECONDS, HoldLease())
        self.every(CHECK_SECONDS, CheckMemory())
        self.every(CLEAN_UP_SECONDS, CleanUp())
        self.every(TEND_SECONDS, TendStreams())
        self.every(NEWS_SECONDS, HearNews())

    def on_receive(self, message: HousekeepingMessage) -> Response:
        """Jobs run as tasks, so that a long one does not keep the lease from being renewed. The reply comes when the job ends."""
        if isinstance(message, HoldLease):
            return self._renew_lease()
        job = self._jobs.get(type(message))
        if job is None or job.done():
            job = self._jobs[type(message)] = self.work(self._run(message), vital=True)
        return job

    async def on_stop(self) -> None:  # type: ignore[override]  # may be async here
        try:
            await self._lease.give_back()
        except Unavailable as error:
            logger.warning("the housekeeping lease could not be released and must run out: %s", error)

    async def _renew_lease(self) -> None:
        before = self._lease.held
        try:
            await self._lease.hold()
        except Unavailable as error:
            logger.warning("the housekeeping lease could not be renewed: %s", error)
        if self._lease.held is not before:
            logger.info("this worker %s the housekeeping", "does" if self._lease.held else "no longer does")

    async def _run(self, job: HousekeepingJob) -> None:
        try:
            match job:
                case HearNews():
                    await self._read_news()
                case CheckMemory():
                    await self._recover()
                    await self._if_holder(self._reconcile)
                case CleanUp():
                    await self._if_holder(self._clean_up)
                case TendStreams():
                    await self._if_holder(self._streams.tend)
        except Unavailable as error:
            logger.warning("%s could not be done: %s", type(job).__name__, error)

    async def _if_holder(self, work: Callable[[], Awaitable[None]]) -> None:
        if self._lease.held:
            await work()

    async def _clean_up(self) -> None:
        logger.info("deleted %d rows past their retention", await self._purge())

    async def _read_news(self) -> None:
        news = await self._news.read()
        for each in [None] if news is None else news:
            self._changed(each)
