"""CaretakerActor: sees whether the pool has lost its memory (a wiped Redis, a `memory://` that died with its worker) and puts
back what the records know: live chats, bans, blocks. Searches cannot be put back; whoever searched is told. Also keeps what grows
with time within its limits: records past their retention, and event streams. And hears for the whole process what was changed
elsewhere, so that nobody goes by what is remembered here.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from actors.loop_actor import LoopActor
from domain.errors import Unavailable
from domain.events import ProfileChanged, SearchEnded
from domain.messages import CaretakerMessage, CheckMemory, CleanUp, HearNews, TendStreams
from domain.ports import Chats, EventStream, News, Pool, Restrictions, Searches, StreamWatch

CHECK_SECONDS = 2.0
CLEAN_UP_SECONDS = 3600.0
TEND_SECONDS = 10.0
NEWS_SECONDS = 0.5

logger = logging.getLogger(__name__)


class CaretakerActor(LoopActor[CaretakerMessage]):
    __slots__ = (
        "_changed",
        "_chats",
        "_events",
        "_news",
        "_pool",
        "_purge",
        "_repair",
        "_restrictions",
        "_searches",
        "_streams",
    )

    def __init__(
        self,
        *,
        pool: Pool,
        chats: Chats,
        restrictions: Restrictions,
        searches: Searches,
        events: EventStream,
        streams: StreamWatch,
        news: News,
        changed: Callable[[ProfileChanged | None], None],
        repair: Callable[[], Awaitable[None]],
        purge: Callable[[], Awaitable[int]],
    ) -> None:
        """`changed` is told whose profile changed elsewhere, None where that is not known. `repair` looks whether the pool's
        server was restarted (`actors.repair`). `purge` deletes what is past its retention and says how many rows that were.
        """
        super().__init__()
        self._pool = pool
        self._chats = chats
        self._restrictions = restrictions
        self._searches = searches
        self._events = events
        self._streams = streams
        self._news = news
        self._changed = changed
        self._repair = repair
        self._purge = purge

    async def on_start(self) -> None:  # type: ignore[override]  # may be async here
        """The first look is part of the start: no bot is served from an empty pool."""
        await self._check()
        await self._news.read()
        self.every(CHECK_SECONDS, CheckMemory())
        self.every(CLEAN_UP_SECONDS, CleanUp())
        self.every(TEND_SECONDS, TendStreams())
        self.every(NEWS_SECONDS, HearNews())

    async def on_receive(self, message: CaretakerMessage) -> None:
        try:
            match message:
                case CheckMemory():
                    await self._check()
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

    async def _check(self) -> None:
        if await self._pool.intact():
            return
        async for user, until in self._restrictions.list_bans():
            await self._pool.ban(user, until)
        async for user, other in self._restrictions.list_blocks():
            await self._pool.block(user, other)
        for address, began in await self._searches.all():
            await self._events.append(address.bot, SearchEnded(user=address.user, lost=True, began=began))
        live = await self._chats.live()
        chats = await self._pool.restore(live)
        await self._pool.touch([chat.id for chat in live])
        logger.info("the pool knew nothing; %d live chats put back", chats)
