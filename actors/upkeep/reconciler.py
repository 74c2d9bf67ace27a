"""Reconciles the pool (Redis) with the records (SQL), in both directions (docs/decisions/one-reconciler.md).

| difference | pool wiped or restarted | pool intact |
|---|---|---|
| a live chat that only the records know | put back into the pool, unless it is too old to have been lost | ended in the records |
| a chat that only the pool knows | recorded | recorded |
| a chat that is live in the pool and ended in the records | ended in the pool | ended in the pool |
| a recorded search that the pool does not know | its user is told that it was interrupted | left alone |
| bans, blocks and separations by reports | put back into the pool | left alone |
| a lock in force that only the records know | put back into the pool, where its chat is | the same |
| a lock in the pool whose chat is over | dropped, and unused minutes come back | the same |

The pool always changes first and the records follow, so the two differ for a moment all the time. A difference therefore counts
only when two comparisons in a row have found it. Two things count at once: a chat that has ended in the records is over, and a
wiped pool has lost everything.
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
from domain.ports.locks import Locks
from domain.ports.pool import Pool, Reconciliation
from domain.ports.records import Bans, Chats, Restrictions, Searches
from domain.ports.streams import EventStream

SETTLED_SECONDS = {Memory.WIPED: 0.0, Memory.RESTARTED: 5.0, Memory.INTACT: 300.0}
"""How long a difference must last before it counts; also the pause between two comparisons."""
ROUNDS = 3
"""Comparisons after a restart, at most. A difference that is still new after them waits for the regular comparisons."""
LOST_AT_MOST = 3600.0
"""Seconds. A restarted server lost no chat that began earlier than this before the pool was last seen intact."""
AT_ONCE = 500
"""Items in one round trip."""

T = TypeVar("T")
Search = tuple[Address, float]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Where the pool and the records differ."""

    seen: float = 0.0
    """When they were compared, by our clock."""
    unknown: dict[ChatId, Chat] = field(default_factory=dict)
    """Live in the records, unknown to the pool."""
    unrecorded: dict[ChatId, Chat] = field(default_factory=dict)
    """In the pool, unknown to the records."""
    over: frozenset[ChatId] = frozenset()
    """Ended in the records, live in the pool."""
    searches: frozenset[Search] = frozenset()
    """In the records, unknown to the pool."""

    def lasting(self, earlier: Difference) -> Difference:
        """What the earlier comparison has found too, and what counts at once."""
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
        locks: Locks,
        events: EventStream,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._reconciliation = reconciliation
        self._chats = chats
        self._bans = bans
        self._restrictions = restrictions
        self._searches = searches
        self._locks = locks
        self._events = events
        self._clock = clock
        self._intact_at = clock()
        """When the pool was last seen intact; at first, when this process began."""
        self._memory = Memory.INTACT
        self._earlier: Difference | None = None
        self._rounds = 0

    async def look(self) -> None:
        """Compares and puts right what is due. Called every few seconds by one process. Raises `Unavailable`."""
        memory = await self._reconciliation.memory()
        if memory is not self._memory:
            self._start_over(memory)
        now, earlier = self._clock(), self._earlier
        if memory is Memory.INTACT:
            self._intact_at = now
        if earlier is not None and abs(now - earlier.seen) < SETTLED_SECONDS[memory]:
            return
        if earlier is None and memory is not Memory.INTACT:
            await self._put_restrictions_back()
        found = await self._compare()
        lasting = found if memory is Memory.WIPED else found.lasting(earlier or Difference())
        await self._put_right(lasting)
        await self._put_locks_right()
        self._earlier = found.without(lasting)
        if memory is Memory.WIPED or (memory is Memory.RESTARTED and earlier is not None and self._is_settled()):
            await self._reconciliation.settled()
            self._start_over(memory)

    def _start_over(self, memory: Memory) -> None:
        self._memory, self._earlier, self._rounds = memory, None, 0

    def _is_settled(self) -> bool:
        self._rounds += 1
        return not self._earlier or self._rounds == ROUNDS

    # --- comparing

    async def _compare(self) -> Difference:
        unknown: dict[ChatId, Chat] = {}
        live: set[ChatId] = set()
        async for chats in _in_batches(self._chats.live()):
            lost = await self._reconciliation.unknown(chats)
            live |= {chat.id for chat in chats}
            unknown |= {chat.id: chat for chat in chats if chat.id in lost}
        unrecorded = {chat.id: chat async for chat in self._reconciliation.chats() if chat.id not in live}
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
        lost_since = {Memory.WIPED: -inf, Memory.RESTARTED: self._intact_at - LOST_AT_MOST, Memory.INTACT: inf}[self._memory]
        lost = [chat for chat in difference.unknown.values() if chat.started >= lost_since]
        missed = [chat.id for chat in difference.unknown.values() if chat.started < lost_since]
        restored = sum([await self._reconciliation.put_back(chats) for chats in _parts(lost)])
        ended = sum([await self._reconciliation.end(chats) for chats in _parts(list(difference.over))])
        await _for_each(self._record_end, missed)
        await _for_each(self._chats.opened, list(difference.unrecorded.values()))
        await _for_each(self._tell_of_loss, list(difference.searches))
        if difference:
            expected = self._memory is Memory.WIPED  # at each start on memory://
            counts = (restored, ended, len(missed), len(difference.unrecorded), len(difference.searches))
            text = "the pool is %s: %d chats put back and %d ended there, %d ends and %d chats recorded, %d searches lost"
            logger.log(logging.INFO if expected else logging.WARNING, text, self._memory, *counts)

    async def _put_locks_right(self) -> None:
        """Once the chats are right. In an intact pool too: a lock may be booked only after a wipe of the pool that had set it."""
        locks = await self._locks.to_put_back()
        restored = sum([await self._reconciliation.put_locks_back(each) for each in _parts(locks)])
        dropped = await self._reconciliation.drop_stray_locks()
        if restored or dropped:
            logger.warning("the pool is %s: %d locks put back and %d dropped there", self._memory, restored, dropped)

    async def _put_restrictions_back(self) -> None:
        async for bans in self._bans.list():
            active = await self._reconciliation.put_bans_back([(ban.user, ban.until) for ban in bans])
            for ban in bans:
                if ban.user in active:
                    await self._pool.ban(ban.user, ban.until)
        async for separations in _in_batches(self._restrictions.list_separations()):
            await self._reconciliation.put_blocks_back(separations)

    async def _record_end(self, chat: ChatId) -> None:
        await self._chats.ended(chat, ChatEnd.LOST)

    async def _tell_of_loss(self, search: Search) -> None:
        address, began = search
        await self._events.append(address.bot, SearchEnded(user=address.user, lost=True, began=began))


async def _for_each(work: Callable[[T], Awaitable[None]], items: Sequence[T]) -> None:
    """Runs a batch at once, since the stores put concurrent calls into one round trip."""
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
