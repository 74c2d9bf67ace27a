"""The overview as JSON, and the same JSON as a stream of server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields

import msgspec

from domain.actor_stats import ActorStats
from domain.errors import Unavailable
from domain.ports.figures import Figures, Totals
from domain.status import BotStatus, Neighbour, ProcessStatus, Status
from web.api.operation import operation
from web.supervisor_status import SupervisorStatus, problems

TOTALS_SECONDS = 1.0


class OverviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`domain.status.Status`, and totals of the records, which are null while the database does not answer."""

    healthy: bool
    problems: list[str]
    total_users: int | None
    active_vips: int | None
    active_chats: int | None
    total_stars: int | None
    version: str
    pid: int
    uptime: float
    under_way: str
    processes: tuple[ProcessStatus, ...]
    bots: tuple[BotStatus, ...]
    actors: tuple[ActorStats, ...]
    elsewhere: tuple[Neighbour, ...]
    figures: dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    supervisor: SupervisorStatus
    figures: Figures
    refresh_seconds: float
    stopping: asyncio.Event

    @operation("GET", "/api/overview", act="overview.read")
    async def read_overview(self) -> OverviewAnswer:
        """Processes, bots and figures as they are now."""
        return await self._now()

    @operation("GET", "/api/overview/stream", act="overview.read")
    async def follow_overview(self) -> AsyncIterator[bytes]:
        """Server-sent events: `status` with the overview, or `trouble` with one sentence if the supervisor is unavailable.

        Ends when the panel stops or the browser disconnects. Browsers reconnect after `retry` milliseconds.
        """
        yield b"retry: 1000\n\n"
        while not self.stopping.is_set():
            yield await self._event()
            await self._pause()

    async def _now(self) -> OverviewAnswer:
        status = await self.supervisor.status()
        wrong = problems(status)
        known = {field.name: getattr(status, field.name) for field in fields(Status) if field.name != "problems"}
        totals = await self._totals()
        return OverviewAnswer(
            healthy=status.healthy and not wrong,
            problems=wrong,
            total_users=totals.users if totals else None,
            active_vips=totals.vips if totals else None,
            active_chats=totals.chats if totals else None,
            total_stars=totals.stars if totals else None,
            **known,
        )

    async def _totals(self) -> Totals | None:
        """None while the database does not answer, or not soon: the rest does not wait for it."""
        try:
            async with asyncio.timeout(TOTALS_SECONDS):
                return await self.figures.totals()
        except (Unavailable, TimeoutError):
            return None

    async def _event(self) -> bytes:
        try:
            name, body = "status", msgspec.json.encode(await self._now())
        except Unavailable as error:
            name, body = "trouble", msgspec.json.encode({"error": str(error)})
        return f"event: {name}\ndata: ".encode() + body + b"\n\n"

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self.refresh_seconds):
                await self.stopping.wait()
        except TimeoutError:
            return
