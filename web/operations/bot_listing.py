"""The list of bots for all viewers, and what each bot takes and sends: one question however many look."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.errors import Unavailable
from domain.panel.history import TEN_SECONDS
from domain.panel.readings import FLOOD, LONGER, SENT, TAKEN
from domain.ports.bots import Bots, BotView
from domain.ports.figures import Figures
from domain.status import BotTraffic, Status
from web.pulse import Pulse
from web.shared import Shared
from web.supervisor_status import SupervisorStatus

INDEX_DIGITS = 3
"""A number of up to so many digits is a bot's index, a longer one its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BotFacts:
    """None and 0 where nobody knows."""

    people: int | None = None
    updates: float | None = None
    """A second, in the last minute."""
    sends: float | None = None
    """The same."""
    floods: int = 0
    flood_seconds: float = 0.0
    queued: int = 0
    last_error: str = ""
    last_error_at: float = 0.0
    """Unix seconds; 0 for never."""


class BotListing:
    def __init__(self, bots: Bots, *, supervisor: SupervisorStatus, pulse: Pulse, figures: Figures, good_for: float) -> None:
        """`good_for`: seconds for which viewers share a list."""
        self._bots = bots
        self._supervisor = supervisor
        self._pulse = pulse
        self._figures = figures
        self._good_for = good_for
        self._shared = Shared(self._look, good_for)

    async def listed(self) -> Sequence[tuple[BotView, BotFacts]]:
        """Raises `Unavailable` where the records do not answer."""
        return await self._shared.get()

    async def find(self, word: str) -> tuple[BotView, BotFacts] | None:
        """By its index or id."""
        by_index = len(word) <= INDEX_DIGITS
        return next((each for each in await self.listed() if int(word) == (each[0].index if by_index else each[0].id)), None)

    async def facts_of(self, bot: int) -> BotFacts:
        return next((facts for view, facts in await self.listed() if view.id == bot), BotFacts())

    def forget(self) -> None:
        """Something was changed."""
        self._shared = Shared(self._look, self._good_for)

    async def _look(self) -> Sequence[tuple[BotView, BotFacts]]:
        views, people, status = await asyncio.gather(self._bots.listed(), self._people(), self._status())
        traffic = {each.bot: each for each in status.traffic} if status else {}
        return [(view, self._facts(view.id, traffic.get(view.id), people)) for view in views]

    def _facts(self, bot: int, traffic: BotTraffic | None, people: Mapping[int, int] | None) -> BotFacts:
        now = asyncio.get_running_loop().time()
        known = None if people is None else people.get(bot, 0)
        if traffic is None:
            return BotFacts(people=known, floods=self._floods(bot))
        return BotFacts(
            people=known,
            updates=_rounded(self._pulse.readings.rate(now, f"{TAKEN}{bot}")),
            sends=_rounded(self._pulse.readings.rate(now, f"{SENT}{bot}")),
            floods=self._floods(bot),
            flood_seconds=round(traffic.sending.flood_seconds, 1),
            queued=traffic.sending.queued,
            last_error=traffic.last_error,
            last_error_at=traffic.last_error_at,
        )

    def _floods(self, bot: int) -> int:
        """By what was counted since the panel's start, or what the history has of before."""
        until = int(self._pulse.now) // TEN_SECONDS * TEN_SECONDS
        slots = self._pulse.history.series(f"{FLOOD}{bot}", TEN_SECONDS, until - int(LONGER), until)
        kept = sum(rate * TEN_SECONDS for rate in slots if rate is not None)
        return max(round(kept), self._pulse.readings.floods(asyncio.get_running_loop().time(), bot))

    async def _people(self) -> Mapping[int, int] | None:
        try:
            return await self._figures.people_by_bot()
        except Unavailable:
            return None

    async def _status(self) -> Status | None:
        try:
            return await self._supervisor.status()
        except Unavailable:
            return None


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 2)
