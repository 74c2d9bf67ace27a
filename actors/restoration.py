"""Puts back what the records know where the pool has lost its memory (a wiped Redis, a `memory://` that died with its worker):
live chats, bans, blocks. Searches cannot be put back; whoever searched is told.
"""

from __future__ import annotations

import logging

from domain.events import SearchEnded
from domain.ports import Bans, Chats, EventStream, Pool, Repairs, Restrictions, Searches

logger = logging.getLogger(__name__)


class Restoration:
    def __init__(
        self,
        *,
        pool: Pool,
        repairs: Repairs,
        chats: Chats,
        bans: Bans,
        restrictions: Restrictions,
        searches: Searches,
        events: EventStream,
    ) -> None:
        self._pool = pool
        self._repairs = repairs
        self._chats = chats
        self._bans = bans
        self._restrictions = restrictions
        self._searches = searches
        self._events = events

    async def look(self) -> None:
        """To be called at the start and every now and then. What is put back needs no repair. Raises Unavailable."""
        if not await self._pool.intact():
            await self._repairs.needed()
            await self._restore()
            await self._repairs.done()

    async def _restore(self) -> None:
        async for bans in self._bans.list():
            for ban in bans:
                await self._pool.ban(ban.user, ban.until)
        async for user, other in self._restrictions.list_blocks():
            await self._pool.block(user, other)
        for address, began in await self._searches.all():
            await self._events.append(address.bot, SearchEnded(user=address.user, lost=True, began=began))
        live = await self._chats.live()
        chats = await self._pool.restore(live)
        await self._pool.touch([chat.id for chat in live])
        logger.info("the pool knew nothing; %d live chats put back", chats)
