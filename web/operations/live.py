"""The overview as a stream of server-sent events, and how its figures were before."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from domain.panel.history import MINUTE, SECOND, TEN_SECONDS
from web.api.operation import operation
from web.pulse import Pulse

LONGEST = 48 * 60


class HistoryQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    minutes: Annotated[int, msgspec.Meta(ge=1, le=LONGEST)] = 15


class HistoryAnswer(msgspec.Struct, frozen=True, kw_only=True):
    step: int
    """Seconds between two values."""
    since: int
    """When the first slot begins, in Unix seconds."""
    series: Mapping[str, Sequence[float | None]]
    """Name → one value for each slot; null where nothing was reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    pulse: Pulse

    @operation("GET", "/api/overview/stream", act="overview.read")
    async def follow_overview(self) -> AsyncIterator[bytes]:
        """Server-sent events: `status` with the overview, or `trouble` with one sentence if the supervisor is unavailable.

        Ends when the panel stops or the browser disconnects. Browsers reconnect after `retry` milliseconds.
        """
        async for event in self.pulse.follow():
            yield event

    @operation("GET", "/api/history", act="overview.read")
    async def read_history(self, query: HistoryQuery) -> HistoryAnswer:
        """Figures of the last minutes: by seconds up to 15, by ten seconds up to 360, by minutes up to 2,880."""
        step = step_of(query.minutes)
        until = int(self.pulse.now) // step * step + step
        since = until - query.minutes * MINUTE // step * step
        return HistoryAnswer(step=step, since=since, series=self.pulse.history.points(step, since, until))


def step_of(minutes: int) -> int:
    if minutes <= 15:
        return SECOND
    return TEN_SECONDS if minutes <= 6 * 60 else MINUTE
