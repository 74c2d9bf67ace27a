"""What waits: people for a partner, events for a bot, messages for their turn; and what was given up."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from domain.panel.readings import LATELY, LONGER
from domain.panel.waits import percentile
from domain.status import QueueStatus, Status, StreamStatus
from web.api.operation import operation
from web.operations.admins import moment
from web.pulse import Pulse
from web.supervisor_status import SupervisorStatus, names_of


class Waits(msgspec.Struct, frozen=True, kw_only=True):
    """Of people who were matched in the last so many seconds. Null where nobody was."""

    seconds: float
    matched: int
    p50: float | None
    p95: float | None
    p99: float | None


FULL = 0.8
"""From this share of its limit on a stream is warned of."""


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """Events of other processes for one bot that are not done yet. Beyond the limits the oldest are thrown away."""

    bot: int
    name: str
    """@username, or the id where that is not known."""
    entries: int
    aside: int
    """Events of another release, which wait beside them."""
    most: int
    """The limit of either."""
    oldest: float
    """Seconds."""
    longest: float
    """The limit of that."""
    share: float
    """How full it is, by number or by age: 1 is at the limit."""
    full: bool
    """Whether that is 0.8 or more."""
    served: bool
    lost: int
    """Thrown away so far."""


class Sends(msgspec.Struct, frozen=True, kw_only=True):
    """What one bot has to send."""

    bot: int
    name: str
    queued: int
    """Messages that are not sent yet, for whatever reason."""
    held: int
    """Those of them whose recipient has a flood wait."""
    flood_seconds: float
    """Until the longest flood wait is over; 0 where there is none."""


class NotDelivered(msgspec.Struct, frozen=True, kw_only=True):
    """It has neither a text nor a person."""

    at: datetime | None
    bot: int
    """0 where it was a message between actors."""
    name: str
    what: str
    why: str


class QueuesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    waiting: int | None
    """Null where no worker knows."""
    oldest: float | None
    """Seconds."""
    queues: list[QueueStatus]
    lately: Waits
    hour: Waits
    streams: Sequence[Stream]
    """The fullest first."""
    sends: Sequence[Sends]
    """Of the bots served on this machine, those with most to send first."""
    undelivered: Sequence[NotDelivered]
    """The last ones since the workers' start, the newest first, at most 50."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    supervisor: SupervisorStatus
    pulse: Pulse

    @operation("GET", "/api/queues", act="queues.read")
    async def read_queues(self) -> QueuesAnswer:
        """Who waits and why nobody meets them, how long it takes to be matched, and what waits to be done or sent."""
        status = await self.supervisor.status()
        waiting, names = status.figures.get("waiting"), names_of(status)
        return QueuesAnswer(
            waiting=None if waiting is None else int(waiting),
            oldest=status.figures.get("oldest_wait"),
            queues=sorted(status.queues, key=lambda queue: -queue.waiting),
            lately=self._waits(LATELY),
            hour=self._waits(LONGER),
            streams=sorted((_stream(each, names) for each in status.streams), key=lambda each: -each.share),
            sends=_sends(status, names),
            undelivered=[
                NotDelivered(at=moment(each.at), bot=each.bot, name=_name(each.bot, names), what=each.what, why=each.why)
                for each in status.undelivered
            ],
        )

    def _waits(self, seconds: float) -> Waits:
        waits = self.pulse.readings.waits(asyncio.get_running_loop().time(), seconds)
        p50, p95, p99 = (percentile(waits, share) for share in (0.5, 0.95, 0.99))
        return Waits(seconds=seconds, matched=int(sum(waits.values())), p50=p50, p95=p95, p99=p99)


def _name(bot: int, names: Mapping[int, str]) -> str:
    return names.get(bot, str(bot)) if bot else ""


def _sends(status: Status, names: Mapping[int, str]) -> list[Sends]:
    found = [
        Sends(
            bot=each.bot,
            name=_name(each.bot, names),
            queued=each.sending.queued,
            held=each.sending.held,
            flood_seconds=round(each.sending.flood_seconds, 1),
        )
        for each in status.traffic
    ]
    return sorted(found, key=lambda each: (-each.queued, each.bot))


def _stream(each: StreamStatus, names: Mapping[int, str]) -> Stream:
    share = max(each.entries / each.most, each.aside / each.most, each.oldest / each.longest)
    return Stream(
        bot=each.bot,
        name=_name(each.bot, names),
        entries=each.entries,
        aside=each.aside,
        most=each.most,
        oldest=each.oldest,
        longest=each.longest,
        share=round(share, 3),
        full=share >= FULL,
        served=each.served,
        lost=each.lost,
    )
