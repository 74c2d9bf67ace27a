"""CaretakerActor: sees whether the pool has lost its memory (a wiped Redis, a `memory://` that died with its worker) and puts
back what the records know: live chats, bans, blocks. Searches cannot be put back; whoever searched is told.
"""

from __future__ import annotations

import logging

from actors.loop_actor import LoopActor
from domain.errors import Unavailable
from domain.events import SearchEnded
from domain.messages import CheckMemory
from domain.ports import Chats, EventStream, Pool, Restrictions, Searches

CHECK_SECONDS = 2.0

logger = logging.getLogger(__name__)


class CaretakerActor(LoopActor[CheckMemory]):
    __slots__ = ("_chats", "_events", "_pool", "_restrictions", "_searches")

    def __init__(self, *, pool: Pool, chats: Chats, restrictions: Restrictions, searches: Searches, events: EventStream) -> None:
        super().__init__()
        self._pool = pool
        self._chats = chats
        self._restrictions = restrictions
        self._searches = searches
        self._events = events

    async def on_start(self) -> None:  # type: ignore[override]  # may be async here
        """The first look is part of the start: no bot is served from an empty pool."""
        await self._check()
        self.every(CHECK_SECONDS, CheckMemory())

    async def on_receive(self, _message: CheckMemory) -> None:
        try:
            await self._check()
        except Unavailable as error:
            logger.warning("the pool's memory could not be checked: %s", error)

    async def _check(self) -> None:
        if await self._pool.intact():
            return
        async for user, until in self._restrictions.list_bans():
            await self._pool.ban(user, until)
        async for user, other in self._restrictions.list_blocks():
            await self._pool.block(user, other)
        for address in await self._searches.all():
            await self._events.append(address.bot, SearchEnded(user=address.user, lost=True))
        live = await self._chats.live()
        chats = await self._pool.restore(live)
        await self._pool.touch([chat.id for chat in live])
        logger.info("the pool knew nothing; %d live chats put back", chats)
