"""CaretakerActor: looks every now and then whether the pool has lost its memory or its last moment, and has it brought in line
with the records (`actors/restoration.py`, `actors/repair.py`). Also keeps what grows with time within its limits: records past
their retention, and event streams. And hears for the whole process what was changed elsewhere, so that nobody goes by what is
remembered here.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from actors.loop_actor import LoopActor
from domain.errors import Unavailable
from domain.events import ConfigChanged, ProfileChanged
from domain.messages import CaretakerMessage, CheckMemory, CleanUp, HearNews, TendStreams
from domain.ports import News, StreamWatch

CHECK_SECONDS = 2.0
CLEAN_UP_SECONDS = 3600.0
TEND_SECONDS = 10.0
NEWS_SECONDS = 0.5

logger = logging.getLogger(__name__)


class CaretakerActor(LoopActor[CaretakerMessage]):
    __slots__ = (
        "_changed",
        "_news",
        "_purge",
        "_repair",
        "_restore",
        "_streams",
    )

    def __init__(
        self,
        *,
        streams: StreamWatch,
        news: News,
        changed: Callable[[ProfileChanged | ConfigChanged | None], None],
        restore: Callable[[], Awaitable[None]],
        repair: Callable[[], Awaitable[None]],
        purge: Callable[[], Awaitable[int]],
    ) -> None:
        """`changed` is told whose profile changed elsewhere, or that the configuration did; None where that is not known.
        `restore` and `repair` look whether the pool's server was wiped or restarted. `purge` deletes what is past its retention
        and says how many rows that were.
        """
        super().__init__()
        self._restore = restore
        self._streams = streams
        self._news = news
        self._changed = changed
        self._repair = repair
        self._purge = purge

    async def on_start(self) -> None:  # type: ignore[override]  # may be async here
        """The first look is part of the start: no bot is served from an empty pool."""
        await self._restore()
        await self._news.read()
        self.every(CHECK_SECONDS, CheckMemory())
        self.every(CLEAN_UP_SECONDS, CleanUp())
        self.every(TEND_SECONDS, TendStreams())
        self.every(NEWS_SECONDS, HearNews())

    async def on_receive(self, message: CaretakerMessage) -> None:
        try:
            match message:
                case CheckMemory():
                    await self._restore()
                    await self._repair()
                case CleanUp():
                    logger.info("%d rows past their retention deleted", await self._purge())
                case TendStreams():
                    await self._streams.tend()
                case HearNews():
                    await self._hear()
        except Unavailable as error:
            logger.warning("%s could not be done: %s", type(message).__name__, error)

    async def _hear(self) -> None:
        news = await self._news.read()
        for each in [None] if news is None else news:
            self._changed(each)
