"""What the user is told where something could not be done."""

from __future__ import annotations

import logging

from actors.messages import Again, FromStream, SessionMessage, Settled
from actors.session.arrivals import put_off
from actors.session.data import Cause, SessionData
from actors.session.unit_of_work import UnitOfWork
from actors.session.units import unit_of
from domain.model.inbound import ButtonPressed, CommandReceived, MessageReceived
from domain.model.outgoing import AnswerPress, Lane, Send
from domain.session.notices import notices

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
    """For what is lost by a bug of ours: the message, or what it was to go on with. It is done and does not come again."""
    unit, cause = _broken(me, message)
    notice = notices.plain("apology", _language(me, cause))
    me.submit(unit, Send(to=me.address.user, key=f"{unit.key}/apology", body=notice, lane=Lane.ANSWER))
    unit.close()


def _excuse(me: SessionData, unit: UnitOfWork, update: MessageReceived | CommandReceived | ButtonPressed) -> None:
    language = _language(me, update)
    if isinstance(update, ButtonPressed):
        me.submit(unit, AnswerPress(query=update.query, text="stores-down", language=language, alert=True))
    else:
        notice = notices.plain("stores-down", language)
        me.submit(unit, Send(to=me.address.user, key=unit.next_key(), body=notice, lane=Lane.ANSWER))


def _broken(me: SessionData, message: SessionMessage) -> tuple[UnitOfWork, object]:
    """The unit of work that the message was handled for, and its cause."""
    match message:
        case Settled(of=suspended):
            return suspended.work.unit, suspended.work.cause
        case Again(what=FromStream() as event):
            return unit_of(me, event), event
        case _:
            return unit_of(me, message), message


def _language(me: SessionData, cause: object) -> str:
    """Of the profile; of Telegram's app where there is none, or it was not read."""
    profile = me.session.profile if me.session is not None else None
    language: str = getattr(cause, "language", "en")
    return profile.language if profile is not None else language
