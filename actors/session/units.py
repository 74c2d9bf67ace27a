"""The unit of work for each message: its key, and what is told once it is done."""

from __future__ import annotations

import secrets
from functools import partial

from actors.messages import FromStream, SessionMessage
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from domain.model.events import DeliveryReceipt
from domain.model.ids import Pts
from domain.model.inbound import ButtonPressed, CommandReceived, MessageEdited, MessageReceived


def key_of(me: SessionData, what: str) -> str:
    """For idempotency: of this user and bot."""
    return f"{me.address.bot}:{me.address.user}:{what}"


def unit_of(me: SessionData, message: SessionMessage) -> UnitOfWork:
    match message:
        case MessageReceived() | CommandReceived() | MessageEdited():
            places = (message.places if isinstance(message, MessageReceived) else ()) or (message.pts,)
            mark = None if isinstance(message, MessageEdited) else message.pts
            return UnitOfWork(key_of(me, f"update {message.pts}"), partial(me.world.processed, me.address.bot, places), mark)
        case ButtonPressed():
            return UnitOfWork(key_of(me, f"query {message.query}"), nobody_waits)
        case FromStream(id=id_, event=event):
            pts = event.pts if isinstance(event, DeliveryReceipt) else None
            return UnitOfWork(key_of(me, f"event {id_}"), partial(_event_done, me, id_, pts), pts)
        case _:
            return UnitOfWork(key_of(me, f"{type(message).__name__} {secrets.token_hex(8)}"), nobody_waits)


def _event_done(me: SessionData, event: str, delivered: Pts | None) -> None:
    if delivered is not None:
        me.relaying.is_settled(delivered)
    me.world.acknowledge(me.address.bot, event)
