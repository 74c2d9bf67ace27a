"""Brings the pool and the records in line, in both directions (docs/decisions/one-reconciler.md).

| found | pool wiped or restarted | pool intact |
|---|---|---|
| a live chat that only the records know | put back, unless it is too old to have been lost | ended in the records |
| a chat that only the pool knows | recorded | recorded |
| a chat that the pool knows, and the records call ended | ended in the pool | ended in the pool |
| a noted search that the pool does not know | its person is told | left |
| bans and blocks | put back | left |

The pool goes ahead of the records in all it does, so a difference counts once two comparisons have found it. Two things are
certain at once: a chat that the records call ended is over, and a pool that knows nothing has lost everything.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import TypeVar

from domain.matching.requests import Free, GetStatus, Memory
from domain.model.chat import Chat, ChatEnd
from domain.model.events import SearchEnded
from domain.model.ids import Address, ChatId
from domain.ports.pool import Pool, Reconciliation
from domain.ports.records import Bans, Chats, Restrictions, Searches
from domain.ports.streams import EventStream

SETTLED_SECONDS = {Memory.WIPED: 0.0, Memory.RESTARTED: 5.0, Memory.INTACT: 300.0}
"""How long a difference must have lasted. Also the pause between two comparisons."""
ROUNDS = 3
"""Comparisons after a restart whose differences are put right, at most. What is still new then waits for the regular ones."""
LOST_AT_MOST = 3600.0
"""Seconds. A restarted server may have lost what happened so long before it was last seen well, and nothing older."""
AT_ONCE = 500
"""In one round trip."""

T = TypeVar("T")
Search = tuple[Address, float]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the pool and the records do not agree on."""

    seen: float = 0.0
    """When the comparison was made, by our clock."""
    unknown: dict[ChatId, Chat] = field(default_factory=dict)
    """Live by the records, and not known to the pool."""
    unrecorded: dict[ChatId, Chat] = field(default_factory=dict)
    """Known to the pool, and not to the records."""
    over: frozenset[ChatId] = frozenset()
    """Ended by the records, and known to the pool."""
    searches: frozenset[Search] = frozenset()
    """Noted in the records, and not known to the pool."""

    def lasting(self, earlier: Difference) -> Difference:
        """What the earlier comparison had found already, and what is certain at once."""
        return replace(
            self,
            unknown={chat: each for chat, each in self.unknown.items() if chat in earlier.unknown},
            unrecorded={chat: each for chat, each in self.unrecorded.items() if chat in earlier.unrecorded},
            searches=self.searches & earlier.searches,
        )

    def without(self, settled: Difference) -> Difference:
        return replace(
            self,
            unknown={chat: each for chat, each in self.unknown.items() if chat not in settled.unknown},
            unrecorded={chat: each for chat, each in self.unrecorded.items() if chat not in settled.unrecorded},
            over=frozenset(),
            searches=self.searches - settled.searches,
        )

    def __bool__(self) -> bool:
        return bool(self.unknown or self.unrecorded or self.over or self.searches)


class Reconciler:
    def __init__(
        self,
        *,
        pool: Pool,
        reconciliation: Reconciliation,
        chats: Chats,
        bans: Bans,
        restrictions: Restrictions,
        searches: Searches,
        events: EventStream,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._known = reconciliation
        self._chats = chats
        self._bans = bans
        self._restrictions = restrictions
        self._searches = searches
        self._events = events
        self._clock = clock
        self._well_at = clock()
        """When the pool was last seen intact, or we began."""
        self._memory = Memory.INTACT
        self._earlier: Difference | None = None
        self._rounds = 0

    async def look(self) -> None:
        """To be called every now and then, by one process. Raises Unavailable."""
        memory = await self._known.memory()
        if memory is not self._memory:
            self._begin_anew(memory)
        now, earlier = self._clock(), self._earlier
        if memory is Memory.INTACT:
            self._well_at = now
        if earlier is not None and abs(now - earlier.seen) < SETTLED_SECONDS[memory]:
            return
        if earlier is None and memory is not Memory.INTACT:
            await self._put_restrictions_back()
        found = await self._compare()
        lasting = found if memory is Memory.WIPED else found.lasting(earlier or Difference())
        await self._put_right(lasting)
        self._earlier = found.without(lasting)
        if memory is Memory.WIPED or (memory is Memory.RESTARTED and earlier is not None and self._is_settled()):
            await self._known.settled()
            self._begin_anew(memory)

    def _begin_anew(self, memory: Memory) -> None:
        self._memory, self._earlier, self._rounds = memory, None, 0

    def _is_settled(self) -> bool:
        self._rounds += 1
        return not self._earlier or self._rounds == ROUNDS

    # --- comparing

    async def _compare(self) -> Difference:
        unknown: dict[ChatId, Chat] = {}
        live: set[ChatId] = set()
        async for chats in _in_batches(self._chats.live()):
            lost = await self._known.unknown(chats)
            live |= {chat.id for chat in chats}
            unknown |= {chat.id: chat for chat in chats if chat.id in lost}
        unrecorded = {chat.id: chat async for chat in self._known.chats() if chat.id not in live}
        over = await self._chats.over(unrecorded)
        return Difference(
            seen=self._clock(),
            unknown=unknown,
            unrecorded={chat: each for chat, each in unrecorded.items() if chat not in over},
            over=frozenset(over),
            searches=frozenset() if self._memory is Memory.INTACT else frozenset(await self._lost_searches()),
        )

    async def _lost_searches(self) -> list[Search]:
        noted = await self._searches.all()
        lost: list[Search] = []
        for searches in _parts(noted):
            answers = await self._pool.decide([GetStatus(user=address.user) for address, _ in searches])
            lost += (search for search, answer in zip(searches, answers, strict=True) if isinstance(answer, Free))
        return lost

    # --- putting right

    async def _put_right(self, difference: Difference) -> None:
        begun_since = {Memory.WIPED: -inf, Memory.RESTARTED: self._well_at - LOST_AT_MOST, Memory.INTACT: inf}[self._memory]
        lost = [chat for chat in difference.unknown.values() if chat.started >= begun_since]
        missed = [chat.id for chat in difference.unknown.values() if chat.started < begun_since]
        restored = sum([await self._known.put_back(chats) for chats in _parts(lost)])
        ended = sum([await self._known.end(chats) for chats in _parts(list(difference.over))])
        await _for_each(self._record_end, missed)
        await _for_each(self._chats.opened, list(difference.unrecorded.values()))
        await _for_each(self._tell_of_loss, list(difference.searches))
        if difference:
            expected = self._memory is Memory.WIPED  # as at each start with memory://
            counts = (restored, ended, len(missed), len(difference.unrecorded), len(difference.searches))
            text = "the pool is %s: %d chats put back and %d ended there, %d ends and %d chats recorded, %d searches lost"
            logger.log(logging.INFO if expected else logging.WARNING, text, self._memory, *counts)

    async def _put_restrictions_back(self) -> None:
        async for bans in self._bans.list():
            active = await self._known.put_bans_back([(ban.user, ban.until) for ban in bans])
            for ban in bans:
                if ban.user in active:
                    await self._pool.ban(ban.user, ban.until)
        async for blocks in _in_batches(self._restrictions.list_blocks()):
            await self._known.put_blocks_back(blocks)

    async def _record_end(self, chat: ChatId) -> None:
        await self._chats.ended(chat, ChatEnd.LOST)

    async def _tell_of_loss(self, search: Search) -> None:
        address, began = search
        await self._events.append(address.bot, SearchEnded(user=address.user, lost=True, began=began))


async def _for_each(work: Callable[[T], Awaitable[None]], items: Sequence[T]) -> None:
    """A batch at a time: the stores make one round trip of what is asked for together."""
    for part in _parts(items):
        await asyncio.gather(*map(work, part))


def _parts(items: Sequence[T]) -> Iterator[Sequence[T]]:
    return (items[at : at + AT_ONCE] for at in range(0, len(items), AT_ONCE))


async def _in_batches(items: AsyncIterator[T]) -> AsyncIterator[list[T]]:
    batch: list[T] = []
    async for item in items:
        batch.append(item)
        if len(batch) == AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
