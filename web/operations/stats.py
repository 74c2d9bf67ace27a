"""Totals of the records."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from domain.ports.figures import Figures
from web.api.operation import operation


class UserCounts(msgspec.Struct, frozen=True, kw_only=True):
    total: int
    today: int
    """Who came since midnight, UTC."""
    week: int
    """Who came in the last seven days."""


class StatsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    users: UserCounts
    vips: int
    chats: int
    """That go on."""
    stars: int
    """Charged and not refunded, since the beginning."""
    stars_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    figures: Figures

    @operation("GET", "/api/stats", act="stats.read", rate="stats")
    async def read_stats(self) -> StatsAnswer:
        """Users, VIPs, chats and Stars. At most some seconds old."""
        totals = await self.figures.totals()
        return StatsAnswer(
            users=UserCounts(total=totals.users, today=totals.users_today, week=totals.users_week),
            vips=totals.vips,
            chats=totals.chats,
            stars=totals.stars,
            stars_today=totals.stars_today,
        )
