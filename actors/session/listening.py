"""How a session shows its user what the partner says, and what becomes of that.

*Invariant*: nothing that is said next, by either of the two, waits until Telegram has taken a word or a file; the end of the chat
waits for what another process brought before it.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from functools import partial
from typing import Any

from actors.messages import Again, FromStream
from actors.runtime.asking import NO_REPLY, RETRY_SECONDS, followed
from actors.session.context import SessionContext
from actors.session.relay_tracker import failure_of, outgoing, paired, way_back
from actors.session.standing import Standing
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Fenced, Unavailable
from domain.model.events import RelayedMessage
from domain.model.ids import Address, ChatId
from domain.model.outgoing import NotSent, Outcome, Sent, Why
from domain.session.state import Chatting, Idle

HELD_SECONDS = 5.0
"""How long a word waits for the end of its chat, which stands behind it in the stream, if it does."""

logger = logging.getLogger(__name__)


class Listening(Standing):
    __slots__ = ("_from_afar", "_held")

    def __init__(self, address: Address, world: SessionContext) -> None:
        super().__init__(address, world)
        self._from_afar: dict[str, Future[None]] = {}
        """What came by the event stream and is under way, by the event's id: done once the event is, or will come again."""
        self._held: list[tuple[ChatId, Future[bool]]] = []
        """Words of chats that are over by the pool: whether they were said in time is open."""

    def _hand_over(self, carried: RelayedMessage) -> Future[Any]:
        outcome = self._send(outgoing(carried, self._address))
        outcome.add_done_callback(partial(self._handed_over, carried))
        return outcome

    def _handed_over(self, carried: RelayedMessage, outcome: Future[Any]) -> None:
        """Called by the loop, between messages."""
        if failure_of(outcome) is None:
            self._shown(carried, outcome.result())

    def _shown(self, carried: RelayedMessage, outcome: Outcome) -> None:
        place = self._session.place if self._session is not None else None
        if not isinstance(place, Chatting) or place.chat.id != carried.chat:
            return
        if isinstance(outcome, Sent) and carried.edits is None:
            for theirs, mine in paired(carried, outcome):
                self._tracker.pairs.pair(mine, theirs)
                self._world.maps.note(carried.chat, *((mine, theirs) if self._is_first(place.chat) else (theirs, mine)))

    def _hold(self, carried: RelayedMessage) -> Future[Any]:
        """A session that woke does not know what it told before. Where the end of the chat comes by the stream as well, the word
        was said before it; where none comes, they left by themselves, and it came too late.
        """
        in_time: Future[bool] = self.loop.create_future()
        self._held = [*((chat, held) for chat, held in self._held if not held.done()), (carried.chat, in_time)]
        self.loop.call_later(HELD_SECONDS, self._is_too_late, in_time)
        return followed(in_time, partial(self._show_if, carried))

    def _show_if(self, carried: RelayedMessage, in_time: bool) -> Future[Any]:  # noqa: FBT001 - what was waited for
        return self._hand_over(carried) if in_time else self._answered(NotSent(why=Why.DISCARDED))

    def _is_too_late(self, in_time: Future[bool]) -> None:
        if not (in_time.done() or self.dead):
            in_time.set_result(False)

    async def _hear_out(self, chat: ChatId | None) -> None:
        """Before the end of that chat, or of a search, is told."""
        for of, in_time in self._held:
            if of == chat and not in_time.done():
                in_time.set_result(self._does_not_know_the_end_of(of))
        await self._all_are_home()

    def _leave_to_the_next(self) -> None:
        """What is held comes again, to a session that may hear of the end."""
        for _, in_time in self._held:
            in_time.cancel()

    def _does_not_know_the_end_of(self, chat: ChatId) -> bool:
        session = self._session
        return session is not None and isinstance(session.place, Idle) and session.ended != chat

    def _see_home(self, turn: UnitOfWork, message: FromStream, carried: RelayedMessage, outcome: Future[Any]) -> None:
        """Its sender's process is told of the outcome, then the event is done."""
        self._from_afar[message.id] = self.loop.create_future()
        outcome.add_done_callback(partial(self._came_home, turn, message, carried))

    def _came_home(self, turn: UnitOfWork, message: FromStream, carried: RelayedMessage, outcome: Future[Any]) -> None:
        """Called by the loop, between messages or after the session's end, as is what follows."""
        result: Outcome = failure_of(outcome) or outcome.result()
        if isinstance(result, NotSent) and result.why is Why.STALE:
            turn.abandon()
            self._is_home(turn, message)
        else:
            told = self._append(carried.source.bot, way_back(carried, result), self._ask_timeout)
            told.add_done_callback(partial(self._told, turn, message))

    def _told(self, turn: UnitOfWork, message: FromStream, told: Future[Any]) -> None:
        error = Unavailable("the event stream was closed") if told.cancelled() else told.exception()
        if error is not None:
            turn.abandon()
        if isinstance(error, (*NO_REPLY, Unavailable)) and not self.dead:
            self._put_off(message, error)
        elif error is not None and not isinstance(error, Fenced):
            logger.error("%s: what became of a word could not be told", self._address, exc_info=error)
        self._is_home(turn, message)

    def _put_off(self, message: FromStream, error: Exception) -> None:
        logger.warning("%s: %s waits for a store: %s", self._address, type(message.event).__name__, error)
        self.after(RETRY_SECONDS, Again(what=message))

    def _is_home(self, turn: UnitOfWork, message: FromStream) -> None:
        self._from_afar.pop(message.id).set_result(None)
        turn.close()

    async def _all_are_home(self, seconds: float | None = None) -> None:
        if self._from_afar:
            await asyncio.wait(self._from_afar.values(), timeout=seconds)
