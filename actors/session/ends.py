"""Ends of chats that the records do not know yet, since the database is away.

The pool has ended such a chat already, so nothing that is said next waits for the record. The update or event that ended it does:
it is done once the record is made, and comes again where this process stops before that.
"""

from __future__ import annotations

import logging
from asyncio import Future

from actors.messages import Again
from actors.runtime.asking import RETRY_SECONDS
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.model.ids import ChatId
from domain.session.effects import RecordEnd

logger = logging.getLogger(__name__)


class Ends:
    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: dict[ChatId, Future[None]] = {}

    async def record(self, me: SessionData, unit: UnitOfWork, effect: RecordEnd) -> None:
        waiting = self._waiting.get(effect.chat)
        if waiting is None and not await _recorded(me, effect):
            waiting = self._waiting[effect.chat] = me.loop.create_future()
        if waiting is not None:
            unit.track(waiting)

    async def record_late(self, me: SessionData, effect: RecordEnd) -> None:
        """By a bug of ours the record is lost, and nobody waits for it any more."""
        try:
            over = await _recorded(me, effect)
        except Exception:
            self._waits_no_more(effect.chat)
            raise
        if over:
            self._waits_no_more(effect.chat)

    def _waits_no_more(self, chat: ChatId) -> None:
        waiting = self._waiting.pop(chat, None)
        if waiting is not None:
            waiting.set_result(None)


async def _recorded(me: SessionData, effect: RecordEnd) -> bool:
    """Tried again later where the database is away."""
    try:
        await me.world.chats.ended(effect.chat, effect.why)
    except Unavailable as error:
        logger.warning("%s: the end of chat %s waits for the database: %s", me.address, effect.chat, error)
        me.after(RETRY_SECONDS, Again(what=effect))
        return False
    return True
