"""What happened elsewhere, as the event stream of the user's bot tells it: a match, an end, what became of a message."""

from __future__ import annotations

from functools import partial
from typing import assert_never

from actors.messages import FromStream
from actors.runtime.asking import patiently
from actors.session.data import SessionData
from actors.session.excuses import could_not
from actors.session.outcomes import failure_in
from actors.session.partner import does_not_know_the_end_of
from actors.session.standing import activate, look
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.model.events import (
    ChatEnded,
    ChatLocked,
    DeliveryReceipt,
    Expelled,
    LockBroken,
    LockEnded,
    Matched,
    NamesOffered,
    NamesShown,
    RelayedMessage,
    SearchEnded,
    Separated,
    TopicGiven,
)
from domain.model.ids import ChatId
from domain.session.effects import Effect, Introduce, NoteSearch
from domain.session.facts import NotRelayed
from domain.session.state import Session, in_chat


async def hear(me: SessionData, unit: UnitOfWork, message: FromStream) -> None:
    """All but the partner's messages (`arrivals.py`). Where a store is away it is heard again later."""
    try:
        session = await patiently(partial(activate, me)) if me.session is None else me.session
        effects = await _effects(me, unit, session, message)
    except Unavailable as error:
        could_not(me, unit, message, error)
        return
    rest = me.carry_out(unit, session, message, effects)
    if rest is not None:
        await rest


async def _effects(me: SessionData, unit: UnitOfWork, session: Session, message: FromStream) -> list[Effect]:
    match message.event:
        case DeliveryReceipt() as receipt:
            return _came_back(me, unit, session, receipt)
        case Matched() as matched:
            return await _matched(me, unit, session, matched)
        case ChatEnded() as ended:
            await _introduce_late(me, unit, ended.chat)
            await me.arrivals.hear_out(me, ended.chat)
            return me.decide(ended, unit)
        case Expelled() as expelled:
            await me.arrivals.hear_out(me, expelled.chat)
            return me.decide(expelled, unit)
        case TopicGiven() | NamesOffered() | NamesShown() | ChatLocked() | LockEnded() | LockBroken():
            return me.decide(message.event, unit)
        case Separated() as separated:
            return me.decide(separated, unit)
        case SearchEnded() as over:
            await look(me, session)
            return [*me.decide(over, unit), NoteSearch(searching=False)]
        case RelayedMessage():
            raise TypeError("the partner's messages are brought by `Arrivals`")
        case other:
            assert_never(other)


def _came_back(me: SessionData, unit: UnitOfWork, session: Session, receipt: DeliveryReceipt) -> list[Effect]:
    """What became of a message that went to another process."""
    if in_chat(session, receipt.chat):
        me.relaying.tracker.came_back(receipt)
    failure = failure_in(receipt)
    if failure is None:
        return []
    return me.decide(NotRelayed(chat=receipt.chat, message=receipt.mine, failure=failure, edit=receipt.edit), unit)


async def _matched(me: SessionData, unit: UnitOfWork, session: Session, event: Matched) -> list[Effect]:
    """An event may be old news: only the pool knows whether that chat still is."""
    if not in_chat(session, event.chat.id):
        session = await look(me, session)
    if in_chat(session, event.chat.id):
        return me.decide(event, unit)
    me.over_untold = event.chat
    await me.world.chats.opened(event.chat)
    return []


async def _introduce_late(me: SessionData, unit: UnitOfWork, chat: ChatId) -> None:
    if me.over_untold is not None and me.over_untold.id == chat and does_not_know_the_end_of(me, chat):
        await me.world.effects.do(me, unit, Introduce(chat=me.over_untold))
        me.over_untold = None
