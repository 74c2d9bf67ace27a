"""The overview as JSON. `web/operations/live.py` has the same JSON as a stream."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields

import msgspec

from domain.actor_stats import ActorStats
from domain.errors import Unavailable
from domain.ports.figures import Figures, Totals
from domain.status import BotStatus, Neighbour, ProcessStatus, QueueStatus, Status, WorkerFigures
from web.api.operation import operation
from web.pulse import Beat
from web.supervisor_status import SupervisorStatus, problems

TOTALS_SECONDS = 1.0
ELSEWHERE = frozenset({"problems", "streams", "traffic", "undelivered"})
"""Of `Status`: what is shown otherwise, or on the pages of queues and bots alone."""


class OverviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`domain.status.Status` without what the pages of queues and bots have, and totals of the records, which are null while the
    database does not answer.
    """

    healthy: bool
    problems: list[str]
    total_users: int | None
    active_vips: int | None
    active_chats: int | None
    total_stars: int | None
    stars_today: int | None
    version: str
    pid: int
    uptime: float
    under_way: str
    processes: tuple[ProcessStatus, ...]
    bots: tuple[BotStatus, ...]
    actors: tuple[ActorStats, ...]
    elsewhere: tuple[Neighbour, ...]
    figures: dict[str, float]
    workers: tuple[WorkerFigures, ...]
    queues: tuple[QueueStatus, ...]
    beat: Beat | None
    """In the stream only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    supervisor: SupervisorStatus
    figures: Figures

    @operation("GET", "/api/overview", act="overview.read")
    async def read_overview(self) -> OverviewAnswer:
        """Processes, bots and figures as they are now."""
        return await self.described(await self.supervisor.status())

    async def described(self, status: Status, beat: Beat | None = None) -> OverviewAnswer:
        wrong = problems(status)
        known = {field.name: getattr(status, field.name) for field in fields(Status) if field.name not in ELSEWHERE}
        totals = await self._totals()
        return OverviewAnswer(
            healthy=status.healthy and not wrong,
            problems=wrong,
            total_users=totals.users if totals else None,
            active_vips=totals.vips if totals else None,
            active_chats=totals.chats if totals else None,
            total_stars=totals.stars if totals else None,
            stars_today=totals.stars_today if totals else None,
            beat=beat,
            **known,
        )

    async def series(self) -> dict[str, float | None]:
        """Totals of the records as charts have them."""
        totals = await self._totals()
        return {"users": totals.users if totals else None, "stars_today": totals.stars_today if totals else None}

    async def _totals(self) -> Totals | None:
        """None while the database does not answer, or not soon: the rest does not wait for it."""
        try:
            async with asyncio.timeout(TOTALS_SECONDS):
                return await self.figures.totals()
        except (Unavailable, TimeoutError):
            return None
