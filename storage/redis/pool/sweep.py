"""Sweeps the queues: pairs people who may meet by now, and ends searches that lasted too long.

Each script looks at one page of one bucket, so that it blocks the server for a short time only. Buckets without a compatible
bucket are skipped. A call stops once it has made its pairs or looked at `LOOKS_AT_ONCE` people; the next call goes on from there.

There are two calls within `matching.rescan_seconds`. So people who may meet are paired within that time while up to 10,000 people
wait in buckets with a compatible one; each further 5,000 add half of it. Only recent partners and blocks make so many wait: all
others are paired when they come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.configuration import LiveConfiguration
from domain.matching.rules import AHEAD_OF_ALL, wishes_of
from domain.model.ids import ChatId
from storage.redis.scripts import Argument, Call, Scripts, milliseconds, script

PAGE = 50
"""People looked at, or searches ended, by one run of a script."""

LOOKS_AT_ONCE = 5_000
"""People looked at by one call."""

PAIRS_A_PAGE = 25

BUCKETS_AT_ONCE = 200
"""Buckets in one round trip that ends searches."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a sweep goes on: a bucket, and a position in its queue."""

    partition: str
    bucket: str
    score: str = "-inf"
    seen_of_score: int = 0
    """How many people of exactly this score were looked at."""

    @property
    def scope(self) -> str:
        return self.partition.rpartition(":")[0]


class Sweeper:
    def __init__(self, scripts: Scripts, live: LiveConfiguration, new_chat: Callable[[], ChatId]) -> None:
        self._scripts = scripts
        self._new_chat = new_chat
        self._unused_chats: list[ChatId] = []
        self._live = live
        self._stopped_at: Position | None = None

    async def sweep(self, time: Argument, pairs: int) -> int:
        """How many pairs it made, `pairs` at most."""
        buckets = await self._buckets(time)
        paired = await self._pair(time, buckets, pairs)
        await self._expire(time, buckets)
        return paired

    async def _pair(self, time: Argument, buckets: list[Position], pairs: int) -> int:
        paired, looks = 0, LOOKS_AT_ONCE
        for start in self._resumed(with_compatible_bucket(buckets)):
            position: Position | None = start
            while position:
                if paired == pairs or looks <= 0:
                    self._stopped_at = position
                    return paired
                made, looked, position = await self._page(time, position, min(pairs - paired, PAIRS_A_PAGE))
                paired += made
                looks -= looked
        self._stopped_at = None
        return paired

    async def _expire(self, time: Argument, positions: list[Position]) -> None:
        """Ends a page of each bucket, then the next page of those that had one, and so on."""
        while positions:
            done = await self._expire_pages(time, positions)
            positions = [position for position, number in zip(positions, done, strict=True) if number]

    async def _expire_pages(self, time: Argument, positions: list[Position]) -> list[int]:
        rules = self._live.current.matching
        timeout, boost = milliseconds(rules.timeout_seconds), milliseconds(rules.vip_boost_seconds)
        bounds = (timeout, boost, milliseconds(AHEAD_OF_ALL), PAGE)
        calls = [Call(script("pool/expire"), (time, position.scope, position.bucket, *bounds)) for position in positions]
        done: list[int] = []
        for at in range(0, len(calls), BUCKETS_AT_ONCE):
            done += await self._scripts.run_all(calls[at : at + BUCKETS_AT_ONCE])
        return done

    async def _page(self, time: Argument, position: Position, pairs: int) -> tuple[int, int, Position | None]:
        ids, self._unused_chats = self._unused_chats, []
        ids += [self._new_chat() for _ in range(pairs - len(ids))]
        cursor = (position.scope, position.bucket, position.score, position.seen_of_score, PAGE)
        recent = milliseconds(self._live.current.matching.recent_minutes * 60)
        made, looked, score, seen, more = await self._scripts.run("pool/sweep", time, *cursor, recent, *ids[:pairs])
        self._unused_chats = ids[made:]
        return made, looked, replace(position, score=score.decode(), seen_of_score=seen) if more else None

    async def _buckets(self, time: Argument) -> list[Position]:
        rows = await self._scripts.run("pool/buckets", time)
        return sorted(
            (Position(partition.decode(), bucket.decode()) for partition, buckets in rows for bucket in buckets), key=_order
        )

    def _resumed(self, positions: list[Position]) -> list[Position]:
        stopped = self._stopped_at
        if stopped is None:
            return positions
        behind = [position for position in positions if _order(position) > _order(stopped)]
        before = [position for position in positions if _order(position) <= _order(stopped)]
        return [stopped, *behind, *before]


def _order(position: Position) -> tuple[str, str]:
    return position.partition, position.bucket


def with_compatible_bucket(positions: list[Position]) -> list[Position]:
    """Those for which there is a compatible bucket."""
    wishes = {(position.partition, who, wished) for position in positions for who, wished in wishes_of(position.bucket)}
    return [
        position
        for position in positions
        if any((position.partition, *wish[::-1]) in wishes for wish in wishes_of(position.bucket))
    ]
