"""Goes through those who wait: pairs who became compatible meanwhile, ends what lasted too long.

Each script looks at one page of one bucket, so none holds the server up; a bucket without compatible company is not looked
into at all. A call that has made its pairs, or looked at many people, stops there and the next call goes on.

With two calls in `matching.rescan_seconds`, two compatible people wait no longer than that beside each other as long as no more
than 10,000 wait in buckets with company; each further 5,000 add half of it. So many wait there only where recents and blocks
keep them apart: all others are paired as they come.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from domain.configuration import LiveConfiguration
from domain.matching.rules import AHEAD_OF_ALL, wishes_of
from domain.model.ids import ChatId
from storage.redis.scripts import Argument, Call, Scripts, milliseconds, script

PAGE = 50
"""People looked at, or searches ended, by one script."""

LOOKS_AT_ONCE = 5_000
"""People looked at by one call."""

PAIRS_A_PAGE = 25

BUCKETS_AT_ONCE = 200
"""Whose searches are ended in one round trip."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sweep goes on: the bucket, and behind whom."""

    partition: str
    bucket: str
    score: str = "-inf"
    behind: int = 0
    """People of exactly this score who were looked at."""

    @property
    def scope(self) -> str:
        return self.partition.rpartition(":")[0]


class Sweeper:
    def __init__(self, scripts: Scripts, live: LiveConfiguration, new_chat: Callable[[], ChatId]) -> None:
        self._scripts = scripts
        self._new_chat = new_chat
        self._spare: list[ChatId] = []
        self._live = live
        self._stopped_at: Place | None = None

    async def pair(self, time: Argument, pairs: int) -> int:
        paired, looks = 0, LOOKS_AT_ONCE
        for start in self._from_where_it_stopped(with_company(await self._buckets(time))):
            place: Place | None = start
            while place:
                if paired == pairs or looks <= 0:
                    self._stopped_at = place
                    return paired
                made, looked, place = await self._page(time, place, min(pairs - paired, PAIRS_A_PAGE))
                paired += made
                looks -= looked
        self._stopped_at = None
        return paired

    async def expire(self, time: Argument) -> int:
        """A page of each bucket, then another of those that had one, and so on."""
        ended, places = 0, await self._buckets(time)
        while places:
            done = await self._expire_pages(time, places)
            ended += sum(done)
            places = [place for place, number in zip(places, done, strict=True) if number]
        return ended

    async def _expire_pages(self, time: Argument, places: list[Place]) -> list[int]:
        rules = self._live.current.matching
        timeout, boost = milliseconds(rules.timeout_seconds), milliseconds(rules.vip_boost_seconds)
        bounds = (timeout, boost, milliseconds(AHEAD_OF_ALL), PAGE)
        calls = [Call(script("pool/expire"), (time, place.scope, place.bucket, *bounds)) for place in places]
        done: list[int] = []
        for at in range(0, len(calls), BUCKETS_AT_ONCE):
            done += await self._scripts.run_all(calls[at : at + BUCKETS_AT_ONCE])
        return done

    async def _page(self, time: Argument, place: Place, pairs: int) -> tuple[int, int, Place | None]:
        ids, self._spare = self._spare, []
        ids += [self._new_chat() for _ in range(pairs - len(ids))]
        cursor = (place.scope, place.bucket, place.score, place.behind, PAGE)
        recent = milliseconds(self._live.current.matching.recent_minutes * 60)
        made, looked, score, behind, more = await self._scripts.run("pool/sweep", time, *cursor, recent, *ids[:pairs])
        self._spare = ids[made:]
        return made, looked, replace(place, score=score.decode(), behind=behind) if more else None

    async def _buckets(self, time: Argument) -> list[Place]:
        rows = await self._scripts.run("pool/buckets", time)
        return sorted(
            (Place(partition.decode(), bucket.decode()) for partition, buckets in rows for bucket in buckets), key=order
        )

    def _from_where_it_stopped(self, places: list[Place]) -> list[Place]:
        stopped = self._stopped_at
        if stopped is None:
            return places
        behind = [place for place in places if order(place) > order(stopped)]
        before = [place for place in places if order(place) <= order(stopped)]
        return [stopped, *behind, *before]


def order(place: Place) -> tuple[str, str]:
    return place.partition, place.bucket


def with_company(places: list[Place]) -> list[Place]:
    """Those whose people can hope for somebody who waits."""
    wishes = {(place.partition, who, wished) for place in places for who, wished in wishes_of(place.bucket)}
    return [place for place in places if any((place.partition, *wish[::-1]) in wishes for wish in wishes_of(place.bucket))]
