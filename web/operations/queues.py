"""Who waits, and how long people waited who were matched."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import msgspec

from domain.panel.readings import LATELY, LONGER
from domain.panel.waits import percentile
from domain.status import QueueStatus
from web.api.operation import operation
from web.pulse import Pulse
from web.supervisor_status import SupervisorStatus


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Of people who were matched in the last so many seconds. Null where nobody was."""

    seconds: float
    matched: int
    p50: float | None
    p95: float | None
    p99: float | None


class QueuesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    waiting: int | None
    """Null where no worker knows."""
    oldest: float | None
    """Seconds."""
    queues: list[QueueStatus]
    lately: Waits
    hour: Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    supervisor: SupervisorStatus
    pulse: Pulse

    @operation("GET", "/api/queues", act="queues.read")
    async def read_queues(self) -> QueuesAnswer:
        """Who waits, by gender and age band, and how long it takes to be matched."""
        status = await self.supervisor.status()
        waiting = status.figures.get("waiting")
        return QueuesAnswer(
            waiting=None if waiting is None else int(waiting),
            oldest=status.figures.get("oldest_wait"),
            queues=sorted(status.queues, key=lambda queue: -queue.waiting),
            lately=self._waits(LATELY),
            hour=self._waits(LONGER),
        )

    def _waits(self, seconds: float) -> Waits:
        waits = self.pulse.readings.waits(asyncio.get_running_loop().time(), seconds)
        p50, p95, p99 = (percentile(waits, share) for share in (0.5, 0.95, 0.99))
        return Waits(seconds=seconds, matched=int(sum(waits.values())), p50=p50, p95=p95, p99=p99)
