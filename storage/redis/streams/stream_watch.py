"""Keeps the bots' event streams within their limits (domain.ports.streams.StreamWatch).

There is an alert well before events are thrown away, and those thrown away are counted and logged. Any number of processes may do
this; one of them alerts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from domain.cluster.backlog import Backlog, problems_of
from domain.model.ids import BotId
from domain.settings import Streams
from storage.redis.client import Client
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, in_seconds, milliseconds

GRACE_SECONDS = 60.0
"""From the alert until the first events may be thrown away, however fast the stream grows."""
REPEAT_SECONDS = 3600.0
"""From one alert to the next."""

logger = logging.getLogger(__name__)


class RedisStreamWatch:
    """`clock` stands in for the server's own time, in tests only."""

    def __init__(self, client: Client, keys: Keys, limits: Streams, *, clock: Callable[[], float] | None = None) -> None:
        self._scripts = Scripts(client, keys.tag)
        self._limits = limits
        self._clock = clock

    async def tend(self) -> None:
        for backlog, gone, alert in await self._watch(act=True):
            if gone:
                logger.error("%d events of bot %s were thrown away unread", gone, backlog.bot)
            if alert:
                logger.error("%s", "; ".join(problems_of(backlog, self._limits)))

    async def forget(self, bot: BotId) -> None:
        """Deletes the streams of a bot that was removed, unless somebody serves it."""
        await self._scripts.run("streams/forget", REDIS_TIME, bot)

    async def backlogs(self) -> list[Backlog]:
        return [backlog for backlog, _, _ in await self._watch(act=False)]

    async def _watch(self, *, act: bool) -> list[tuple[Backlog, int, bool]]:
        limits = self._limits
        bounds = (limits.max_entries, milliseconds(limits.max_hours * 3600), limits.alert_share)
        pauses = (milliseconds(GRACE_SECONDS), milliseconds(REPEAT_SECONDS))
        time = REDIS_TIME if self._clock is None else milliseconds(self._clock())
        rows = await self._scripts.run("streams/watch", time, *bounds, *pauses, "1" if act else "")
        return [_read(row) for row in rows]


def _read(row: Sequence[Any]) -> tuple[Backlog, int, bool]:
    bot, entries, aside, age, served, near, lost, gone, alert = row
    backlog = Backlog(
        bot=BotId(int(bot)),
        entries=entries,
        aside=aside,
        oldest=in_seconds(age),
        served=bool(served),
        near=bool(near),
        lost=lost,
    )
    return backlog, gone, bool(alert)
