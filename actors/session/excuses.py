"""What the user is told where something could not be done."""

from __future__ import annotations

import logging

from actors.messages import FromStream, SessionMessage
from actors.session.arrivals import put_off
from actors.session.data import Cause, SessionData
from actors.session.unit_of_work import UnitOfWork
from actors.session.units import unit_of
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import AnswerPress, Lane, Send
from domain.session import notices

logger = logging.getLogger(__name__)


def could_not(me: SessionData, unit: UnitOfWork, cause: Cause, error: Exception) -> None:
    """A store is away. Whoever asked is told; what an event brought is tried again."""
    if isinstance(cause, FromStream):
        put_off(me, cause, error)
        return
    logger.warning("%s: %s could not be done: %s", me.address, type(cause).__name__, error)
    if isinstance(cause, MessageReceived | CommandReceived | ButtonPressed):
        _excuse(me, unit, cause)
    unit.close()


def apologize(me: SessionData, message: SessionMessage) -> None:
    """For a message that is lost by a bug of ours."""
    unit = unit_of(me, message)
    notice = notices.plain("apology", getattr(message, "language", "en"))
    me.submit(unit, Send(to=me.address.user, key=f"{unit.key}/apology", body=notice, lane=Lane.ANSWER))
    unit.close()


def _excuse(me: SessionData, unit: UnitOfWork, update: MessageReceived | CommandReceived | ButtonPressed) -> None:
    language = me.session.language if me.session else update.language
    if isinstance(update, ButtonPressed):
        me.submit(unit, AnswerPress(query=update.query, text="stores-down", language=language, alert=True))
    else:
        notice = notices.plain("stores-down", language)
        me.submit(unit, Send(to=me.address.user, key=unit.next_key(), body=notice, lane=Lane.ANSWER))
