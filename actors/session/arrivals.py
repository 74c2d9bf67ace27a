"""What the event stream brings of the partner's messages, and what becomes of each.

*Invariant*: the end of the chat waits for what another process brought before it.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from collections.abc import Coroutine
from functools import partial

from actors.messages import Again, FromStream
from actors.runtime.asking import NO_REPLY, RETRY_SECONDS, followed
from actors.session.data import SessionData
from actors.session.outcomes import failure_of, known
from actors.session.partner import deliver, does_not_know_the_end_of, hand_over, way_back
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Fenced, Unavailable
from domain.model.events import RelayedMessage
from domain.model.ids import ChatId
from domain.model.outgoing import NotSent, Outcome, Why

HELD_SECONDS = 5.0
"""How long a message waits for the end of its chat, which stands behind it in the stream, if it does."""

logger = logging.getLogger(__name__)


class Arrivals:
    __slots__ = ("_held", "_under_way")

    def __init__(self) -> None:
        self._under_way: dict[str, Future[None]] = {}
        """By the event's id: done once the event is, or will come again."""
        self._held: list[tuple[ChatId, Future[bool]]] = []
        """Messages of chats that are over by the pool: whether they were said in time is open."""

    @property
    def busy(self) -> bool:
        return bool(self._under_way)

    def bring(
        self, me: SessionData, unit: UnitOfWork, message: FromStream, carried: RelayedMessage
    ) -> Coroutine[object, object, None] | None:
        """What follows does not wait until it is sent. It may be handed out again meanwhile."""
        if message.id in self._under_way:
            return None
        delivery = deliver(me, carried, from_afar=True)
        if not isinstance(delivery, Future):
            return self._bring_late(me, unit, message, carried, delivery)
        self._see_home(me, unit, message, carried, delivery)
        return None

    async def _bring_late(
        self,
        me: SessionData,
        unit: UnitOfWork,
        message: FromStream,
        carried: RelayedMessage,
        delivery: Coroutine[object, object, Future[Outcome]],
    ) -> None:
        try:
            self._see_home(me, unit, message, carried, await delivery)
        except Unavailable as error:
            put_off(me, message, error)

    def hold(self, me: SessionData, carried: RelayedMessage) -> Future[Outcome]:
        """A session that was activated does not know what was told before. Where the end of the chat comes by the stream as well,
        the message was said before it; where none comes, the user left, and the message came too late.
        """
        in_time: Future[bool] = me.loop.create_future()
        self._held = [*((chat, held) for chat, held in self._held if not held.done()), (carried.chat, in_time)]
        me.loop.call_later(HELD_SECONDS, _is_too_late, me, in_time)
        return followed(in_time, partial(_show_if, me, carried))

    async def hear_out(self, me: SessionData, chat: ChatId | None) -> None:
        """Before the end of that chat is told."""
        for of, in_time in self._held:
            if of == chat and not in_time.done():
                in_time.set_result(does_not_know_the_end_of(me, of))
        await self.all_done()

    def leave_to_the_next(self) -> None:
        """What is held comes again, to a session that may hear of the end."""
        for _, in_time in self._held:
            in_time.cancel()

    async def all_done(self, seconds: float | None = None) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=seconds)

    def _see_home(
        self, me: SessionData, unit: UnitOfWork, message: FromStream, carried: RelayedMessage, outcome: Future[Outcome]
    ) -> None:
        """Its sender's process is told of the outcome, then the event is done."""
        self._under_way[message.id] = me.loop.create_future()
        outcome.add_done_callback(partial(self._came_home, me, unit, message, carried))

    def _came_home(
        self, me: SessionData, unit: UnitOfWork, message: FromStream, carried: RelayedMessage, outcome: Future[Outcome]
    ) -> None:
        """Called by the loop, between messages or after the session's end, as is what follows."""
        result: Outcome = failure_of(outcome) or outcome.result()
        if isinstance(result, NotSent) and result.why is Why.STALE:
            unit.abandon()
            self._is_home(unit, message)
        else:
            receipt = way_back(carried, result)
            told = me.world.append(me.address.bot, carried.source.bot, receipt, me.world.ask_timeout)
            told.add_done_callback(partial(self._told, me, unit, message))

    def _told(self, me: SessionData, unit: UnitOfWork, message: FromStream, told: Future[None]) -> None:
        error = Unavailable("the event stream was closed") if told.cancelled() else told.exception()
        if error is not None:
            unit.abandon()
        if isinstance(error, (*NO_REPLY, Unavailable)) and not me.dead:
            put_off(me, message, error)
        elif error is not None and not isinstance(error, Fenced):
            logger.error("%s: what became of a message could not be told", me.address, exc_info=error)
        self._is_home(unit, message)

    def _is_home(self, unit: UnitOfWork, message: FromStream) -> None:
        self._under_way.pop(message.id).set_result(None)
        unit.close()


def put_off(me: SessionData, message: FromStream, error: Exception) -> None:
    logger.warning("%s: %s waits for a store: %s", me.address, type(message.event).__name__, error)
    me.after(RETRY_SECONDS, Again(what=message))


def _show_if(me: SessionData, carried: RelayedMessage, in_time: bool) -> Future[Outcome]:  # noqa: FBT001 - what was waited for
    return hand_over(me, carried) if in_time else known(NotSent(why=Why.DISCARDED))


def _is_too_late(me: SessionData, in_time: Future[bool]) -> None:
    if not (in_time.done() or me.dead):
        in_time.set_result(False)
