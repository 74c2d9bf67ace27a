"""What one bot has to send and cannot send for longer than a few seconds: kept in a store that outlives the process, so that the
update which caused it is done and holds no other back.

    submitted --in time--> Sent or NotSent, to whoever submitted it
        --`seconds` go by--> kept: Parked, to whoever submitted it --its outcome--> gone, and the partner is told by Delivered
    found in the store when the bot begins to be served: submitted, before all else --its outcome--> as above

*Invariant*: what is kept goes in the order in which it was submitted, and before whatever is not kept: an earlier process's
before anything of this one, and within one process the pacer's queues see to it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from asyncio import Future, Task, TimerHandle
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any, Protocol, TypeVar

from actors.correspondence import failure_of, outgoing, way_back
from domain.errors import Fenced, Unavailable
from domain.events import Carried, Event
from domain.outgoing import AnswerPress, Edit, Kept, NotSent, Outcome, Outgoing, Parked, Send, Why
from domain.ports import DurableOutbox
from domain.values import Address, BotId

RETRY_SECONDS = 1.0
LAST_SECONDS = 2.0
"""At the end, for what became of the last ones to be written down."""
AT_ONCE = 100
"""Written in one step."""

STALE = NotSent(why=Why.STALE)
PARKED = Parked()

T = TypeVar("T")
Call = Send | Edit
Submit = Callable[[Outgoing], Future[Outcome]]
Told = Callable[[Kept, Outcome], None]
"""What became of something that was kept, for the session that it was for."""
Failed = Callable[[BaseException], None]


class Park(Protocol):
    def __call__(self, bot: BotId, *, submit: Submit, told: Told, failed: Failed) -> Parking: ...


logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class Place:
    """One thing to be sent."""

    kept: Kept
    outcome: Future[Outcome]
    reply: Future[Any] | None
    """None where it comes from an earlier process."""
    due: float
    """When it is kept, by the loop's clock."""
    id: str = ""
    """In the store, once it is known there."""

    @property
    def is_parked(self) -> bool:
        """Whoever submitted it waits no longer."""
        return self.reply is None or (self.reply.done() and bool(self.id))


class Parking:
    """One bot's, under one TransportActor. `seconds`: until something is kept; infinity where the store does not outlive the
    process. `failed` is told of
    a fault of ours.
    """

    def __init__(
        self, outbox: DurableOutbox, seconds: Callable[[], float], bot: BotId, *, submit: Submit, told: Told, failed: Failed
    ) -> None:
        self._outbox = outbox
        self._seconds = seconds
        self._bot = bot
        self._submit = submit
        self._told = told
        self._failed = failed
        self._loop = asyncio.get_running_loop()
        self._held: list[tuple[Call, Kept, Future[Any]]] | None = []
        """What has to wait until `resume` is done; None from then on."""
        self._waiting: deque[Place] = deque()
        """In the order submitted; of those that ended meanwhile, only such as stand behind one that has not."""
        self._due: deque[Place] = deque()
        self._timer: TimerHandle | None = None
        self._writing: Task[None] | None = None
        self._tasks: set[Task[None]] = set()

    def submit(self, call: Outgoing, carried: Carried | None = None) -> Future[Any]:
        """Outcome or Parked. `carried`: what the call shows, where a partner said it."""
        if isinstance(call, AnswerPress):
            return self._submit(call)
        if self._held is None:
            return self._pass_on(call, carried or call, None)
        reply: Future[Any] = self._loop.create_future()
        self._held.append((call, carried or call, reply))
        return reply

    async def resume(self) -> None:
        """Send what an earlier process left, then whatever was submitted meanwhile."""
        for id_, kept in await self._left():
            call = outgoing(kept, Address(self._bot, kept.user)) if isinstance(kept, Carried) else kept
            self._watch(Place(kept, self._submit(call), None, 0.0, id_))
        held, self._held = self._held, None
        for each in held or ():
            self._pass_on(*each)

    async def stop(self) -> None:
        """Once nothing more is sent. What has not ended stays in the store, for the next owner."""
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            self._writing.cancel()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LAST_SECONDS)
            for task in late:
                task.cancel()
        held, self._held = self._held, None
        for _, _, reply in held or ():
            _resolve(reply, STALE)

    def _pass_on(self, call: Call, kept: Kept, reply: Future[Any] | None) -> Future[Any]:
        outcome, seconds = self._submit(call), self._seconds()
        if reply is None and (outcome.done() or seconds == inf):
            return outcome
        place = Place(kept, outcome, reply or self._loop.create_future(), self._loop.time() + seconds)
        self._watch(place)
        if seconds < inf:
            self._waiting.append(place)
            self._timer = self._timer or self._loop.call_at(place.due, self._look)
        assert place.reply is not None
        return place.reply

    def _watch(self, place: Place) -> None:
        place.outcome.add_done_callback(partial(self._ended, place))

    def _look(self) -> None:
        """Who has waited too long?"""
        self._timer = None
        now = self._loop.time()
        while self._waiting and self._waiting[0].due <= now:
            place = self._waiting.popleft()
            if not place.outcome.done():
                self._due.append(place)
        if self._waiting:
            self._timer = self._loop.call_at(self._waiting[0].due, self._look)
        if self._due and self._writing is None:
            self._writing = self._own(self._write())

    async def _write(self) -> None:
        """One batch after the other, so that the order stays."""
        try:
            while self._due:
                batch = [self._due.popleft() for _ in range(min(len(self._due), AT_ONCE))]
                await self._keep([place for place in batch if not place.outcome.done()])
        except Fenced as error:
            logger.warning("what waits to be sent is left to the next owner: %s", error)
        finally:
            self._writing = None

    async def _keep(self, batch: list[Place]) -> None:
        step = secrets.token_hex(8)
        ids = await self._patiently(lambda: self._outbox.put(self._bot, step, [place.kept for place in batch]))
        for place, id_ in zip(batch, ids, strict=True):
            place.id = id_
            if place.outcome.done():
                self._finish(place, told=True)
            else:
                _resolve(place.reply, PARKED)

    def _ended(self, place: Place, outcome: Future[Outcome]) -> None:
        while self._waiting and self._waiting[0].outcome.done():
            self._waiting.popleft()
        if place.is_parked:
            self._finish(place, told=False)
        elif outcome.cancelled():
            _resolve(place.reply, STALE)
        elif (error := outcome.exception()) is None:
            _resolve(place.reply, outcome.result())
        elif place.reply is not None and not place.reply.done():
            place.reply.set_exception(error)

    def _finish(self, place: Place, *, told: bool) -> None:
        """`told`: whoever submitted it knows what became of it."""
        result = failure_of(place.outcome) or place.outcome.result()
        if result == STALE:
            return  # it stays for the bot's next owner
        if not told:
            self._told(place.kept, result)
        self._own(self._take_away(place, None if told else _news(place.kept, result)))

    async def _take_away(self, place: Place, news: tuple[BotId, Event] | None) -> None:
        await self._patiently(lambda: self._outbox.done(self._bot, place.id, news))

    def _own(self, work: Coroutine[Any, Any, None]) -> Task[None]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)

    async def _left(self) -> list[tuple[str, Kept]]:
        left = await self._patiently(lambda: self._outbox.all(self._bot))
        if left:
            logger.info("bot%d: %d that had to wait are sent first", self._bot, len(left))
        return left

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await attempt()
            except Unavailable as error:
                logger.warning("bot%d: what waits to be sent waits for its store: %s", self._bot, error)
                await asyncio.sleep(RETRY_SECONDS)


def _news(kept: Kept, result: Outcome) -> tuple[BotId, Event] | None:
    """For whoever said it. What was thrown away with its chat is no news."""
    if not isinstance(kept, Carried) or (isinstance(result, NotSent) and result.why is Why.DISCARDED):
        return None
    return kept.source.bot, way_back(kept, result)


def _resolve(reply: Future[Any] | None, result: Outcome | Parked) -> None:
    if reply is not None and not reply.done():
        reply.set_result(result)
