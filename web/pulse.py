"""The pulse: asks the supervisor once a second for all viewers, and keeps the history of figures.

What viewers get is encoded once for all. A viewer who is slow gets the newest state and skips those before.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from domain.errors import Unavailable
from domain.logs import Level, LogChoice, Topic
from domain.model.profile import DAY
from domain.panel.happenings import MOST, Happening, Happenings
from domain.panel.history import MINUTE, History, Slot
from domain.panel.readings import Readings
from domain.ports.history import KeptHistory
from domain.ports.logs import Logs
from domain.status import Status
from web.supervisor_status import SupervisorStatus, names_of, panels

HELLO = b"retry: 1000\n\n"
SOON_AGAIN = b"retry: 20\n\n"
"""The last words of a panel that stops: another one goes on, or the next is there within a moment."""
SIGN_OF_LIFE = b": still here\n\n"
QUIET_SECONDS = 15.0
"""After which a viewer who got nothing gets a sign of life, so that a proxy does not end the stream."""
CHANGE_SECONDS = 300
LISTEN_AGAIN = 5.0
"""Seconds."""
LOAD_SECONDS = 2.0
"""The first figures wait so long for those that are kept."""
MOST_UNKEPT = 720
"""Slots that wait for the database."""

logger = logging.getLogger(__name__)


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """What charts and figures show, beside the status."""

    at: float
    """Unix seconds."""
    series: Mapping[str, float | None]
    """Null where it is not known."""
    before: Mapping[str, float | None]
    """The same five minutes ago."""
    today: Mapping[str, float]
    """Counts since midnight, UTC."""
    happenings: Sequence[Happening]
    """Of the last hour, the newest first."""


class Pulse:
    def __init__(
        self,
        supervisor: SupervisorStatus,
        kept: KeptHistory,
        *,
        describe: Callable[[Status, Beat], Awaitable[Any]],
        totals: Callable[[], Awaitable[Mapping[str, float | None]]],
        every: float,
        stopping: asyncio.Event,
        logs: Logs | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`describe` makes the answer that viewers get. `totals`: series of the records. `every`: seconds. `logs`: whose errors
        are told among what happened.
        """
        self._supervisor = supervisor
        self._kept = kept
        self._describe = describe
        self._totals = totals
        self._every = every
        self._stopping = stopping
        self._logs = logs
        self._clock = clock
        self.history = History()
        self.readings = Readings()
        self.panels = 1
        """How many share the viewers, as the supervisor said last."""
        self.bots: dict[int, str] = {}
        """The @username of each bot, as the supervisor has ever said."""
        self._happenings = Happenings()
        self._today: dict[str, float] = {}
        self._day = 0
        self._unkept: deque[Slot] = deque(maxlen=MOST_UNKEPT)
        self._loaded = False
        self._running: asyncio.Task[None] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._news = asyncio.Condition()
        self._number = 0
        self._status_event = b""
        self._trouble_event = b""
        """Empty while the supervisor answers."""

    def start(self) -> None:
        """Does nothing where it runs already."""
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="pulse")
        if self._listening is None and self._logs is not None:
            self._listening = asyncio.create_task(self._listen(self._logs), name="errors of the log")

    async def begin(self) -> None:
        self.start()

    async def stop(self) -> None:
        """Keeps what is not kept yet."""
        self._stopping.set()
        if self._listening is not None:
            self._listening.cancel()
        for task in (self._running, self._keeping, self._listening):
            if task is not None:
                await asyncio.wait({task})
        await self._keep()

    async def follow(self) -> AsyncIterator[bytes]:
        """Server-sent events: `status`, or `trouble` while the supervisor does not answer."""
        self.start()
        yield HELLO
        if self._trouble_event and self._status_event:
            yield self._status_event
        seen = 0
        while not self._stopping.is_set():
            fresh = await self._next(seen)
            if fresh is None:
                yield SIGN_OF_LIFE
                continue
            seen, event = fresh
            if event:
                yield event
        yield SOON_AGAIN

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self._clock()

    async def _next(self, seen: int) -> tuple[int, bytes] | None:
        """The newest event, once there is one after `seen`. None after some time without any."""
        try:
            async with asyncio.timeout(QUIET_SECONDS), self._news:
                await self._news.wait_for(lambda: self._number > seen or self._stopping.is_set())
                return self._number, self._trouble_event or self._status_event
        except TimeoutError:
            return None

    async def _run(self) -> None:
        """What an earlier process has kept comes before the first figures, so that no count of today begins anew."""
        self._keeping = asyncio.create_task(self._keep(), name="keep the figures")
        await asyncio.wait({self._keeping}, timeout=LOAD_SECONDS)
        try:
            while not self._stopping.is_set():
                await self._beat()
                await self._tell()
                await self._pause()
        finally:
            await self._tell()

    async def _beat(self) -> None:
        try:
            status = await self._supervisor.status()
        except Unavailable as error:
            self._lost(str(error))
        except Exception:
            logger.exception("the supervisor's status could not be read")
            self._lost("The supervisor's status cannot be read; see the log.")
        else:
            await self._read(status)
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep(), name="keep the figures")

    async def _listen(self, logs: Logs) -> None:
        """A log that cannot be read is tried again: what else happened is told all the same."""
        choice = LogChoice(topic=Topic.ERROR, level=Level.ERROR)
        while True:
            try:
                async with aclosing(logs.follow(choice, MOST)) as news:
                    async for records in news:
                        self._happenings.log(records)
            except OSError as error:
                logger.warning("errors of the log cannot be followed: %s", error)
            await asyncio.sleep(LISTEN_AGAIN)

    def _lost(self, why: str) -> None:
        now = self._clock()
        self._happenings.lost(now)
        self._unkept.extend(self.history.add(int(now), {}))
        self._trouble_event = event("trouble", {"error": why})

    async def _read(self, status: Status) -> None:
        now = self._clock()
        series = {**self.readings.read(status, asyncio.get_running_loop().time()), **await self._totals()}
        self._unkept.extend(self.history.add(int(now), series))
        self._count_today(now, self.readings.grown)
        self._happenings.see(status, now)
        self.panels = panels(status)
        self.bots |= names_of(status)
        then = int(now) - CHANGE_SECONDS
        beat = Beat(
            at=now,
            series={name: None if value is None else round(value, 3) for name, value in series.items()},
            before={name: self.history.before(name, then) for name in series},
            today=self._today,
            happenings=self._happenings.newest(now),
        )
        self._status_event, self._trouble_event = event("status", await self._describe(status, beat)), b""

    def _count_today(self, now: float, grown: Mapping[str, float]) -> None:
        if int(now // DAY) != self._day:
            self._day, self._today = int(now // DAY), {}
        for name, count in grown.items():
            if ":" not in name:
                self._today[name] = self._today.get(name, 0.0) + count

    async def _tell(self) -> None:
        async with self._news:
            self._number += 1
            self._news.notify_all()

    async def _pause(self) -> None:
        """Until the next whole `every`, so that no second of the history is left out."""
        try:
            async with asyncio.timeout(self._every - self._clock() % self._every):
                await self._stopping.wait()
        except TimeoutError:
            return

    async def _keep(self) -> None:
        """The database may be away, or not open yet: the next beat tries again."""
        try:
            if not self._loaded:
                self._take(await self._kept.load(self._clock()))
            while self._unkept:
                slots = list(self._unkept)
                await self._kept.keep(slots)
                for slot in slots:
                    if self._unkept and self._unkept[0] is slot:
                        self._unkept.popleft()
        except Unavailable as error:
            logger.debug("figures wait for the database: %s", error)

    def _take(self, slots: Sequence[Slot]) -> None:
        """What an earlier process has kept."""
        self._loaded = True
        now = self._clock()
        for slot in slots:
            self.history.load(slot)
            if slot.step == MINUTE and slot.at // DAY == now // DAY:
                per_second = {name: value for name, value in slot.values.items() if name in COUNTED}
                self._count_today(now, {name: value * MINUTE for name, value in per_second.items()})


COUNTED = frozenset({"relayed", "updates", "flood_waits", "dead_letters"})
"""Series that are rates of a counter of the same name."""


def event(name: str, body: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(body) + b"\n\n"
