"""Brings the pool in line with the records after a restart of its server, which may have lost its last second: chats that it
does not know any more are put back, those whose end it forgot are ended, who searched in vain is told, and what was on its way to
another process is said again.

The pool goes ahead of the records in all it does, so a difference counts once it has lasted for `SETTLED_SECONDS`; but a chat
that the records call ended is over for certain.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from domain.events import SearchEnded
from domain.pool import Free, GetStatus
from domain.ports import Chats, EventStream, Pool, Repairs, Searches
from domain.values import Address, Chat, ChatId

SETTLED_SECONDS = 5.0
ROUNDS = 3
"""At most: what differs only since the first look, as after a second restart, has to settle too."""
MARGIN = 60.0
"""Seconds before the pool was last seen well from which ends of chats are looked through again."""
UNSEEN = 3600.0
"""The same where this process has never seen it."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """What the pool does not know and the records do."""

    chats: frozenset[ChatId]
    searches: frozenset[tuple[Address, float]]
    seen: float

    def beyond(self, earlier: Difference) -> Difference:
        """What has come since."""
        return Difference(self.chats - earlier.chats, self.searches - earlier.searches, self.seen)


class Repair:
    def __init__(
        self,
        *,
        pool: Pool,
        repairs: Repairs,
        chats: Chats,
        searches: Searches,
        events: EventStream,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._repairs = repairs
        self._chats = chats
        self._searches = searches
        self._events = events
        self._clock = clock
        self._well_at = clock() - UNSEEN
        self._first: Difference | None = None
        self._rounds = 0

    async def look(self) -> None:
        """To be called every now and then. Raises Unavailable."""
        await self._events.recover()
        if not await self._repairs.needed():
            self._well_at, self._first, self._rounds = self._clock(), None, 0
            return
        live = await self._chats.live()
        difference = await self._difference(live)
        if self._first is None:
            self._first = difference
        if abs(difference.seen - self._first.seen) >= SETTLED_SECONDS:
            await self._mend(live, self._first, difference)

    async def _difference(self, live: list[Chat]) -> Difference:
        noted = await self._searches.all()
        answers = await self._pool.decide([GetStatus(user=address.user) for address, _ in noted]) if noted else []
        idle = frozenset(search for search, answer in zip(noted, answers, strict=True) if isinstance(answer, Free))
        return Difference(frozenset(await self._repairs.unknown(live)), idle, self._clock())

    async def _mend(self, live: list[Chat], first: Difference, last: Difference) -> None:
        lost = first.chats & last.chats
        restored = await self._repairs.put_back([chat for chat in live if chat.id in lost])
        ended = await self._repairs.end(await self._chats.ended_since(self._well_at - MARGIN))
        for address, began in first.searches & last.searches:
            await self._events.append(address.bot, SearchEnded(user=address.user, lost=True, began=began))
        logger.warning("the pool's server was restarted: %d chats put back, %d ended", restored, ended)
        self._rounds += 1
        unsettled = last.beyond(first)
        if (unsettled.chats or unsettled.searches) and self._rounds < ROUNDS:
            self._first = unsettled
            return
        await self._repairs.done()
        self._first, self._rounds = None, 0
