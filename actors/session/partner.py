"""What the partner says, shown to the user: once the session knows of the chat, and after the user was told of the partner.

*Invariant*: nothing that is said next, by either of the two, waits until Telegram has taken a message or a file.
"""

from __future__ import annotations

import logging
from asyncio import Future
from collections.abc import Coroutine
from dataclasses import replace
from functools import partial
from typing import assert_never

from actors.messages import Submit
from actors.runtime.asking import patiently
from actors.session.data import SessionData
from actors.session.outcomes import failure_of, known
from actors.session.relay_tracker import messages_of, paired
from actors.session.revisions import revise
from actors.session.standing import activate, is_first, look
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from actors.session.units import key_of
from domain.errors import Unavailable
from domain.model.chat import Chat
from domain.model.digest import UNKNOWN
from domain.model.events import DeliveryReceipt, Matched, RelayedMessage
from domain.model.ids import Address, ChatId, MessageId
from domain.model.outgoing import Edit, Lane, NotSent, Outcome, Send, Sent, Why
from domain.session.state import Chatting, Idle, Session, in_chat

INTRODUCED_SECONDS = 600.0
"""After the beginning of a chat: whose card came later than that, knew of the chat by an event only."""

logger = logging.getLogger(__name__)


def deliver(
    me: SessionData, carried: RelayedMessage, *, from_afar: bool = False
) -> Future[Outcome] | Coroutine[object, object, Future[Outcome]]:
    """No task where the chat is known."""
    session = me.session
    if session is not None and in_chat(session, carried.chat) and not _may_be_unintroduced(me, session):
        return hand_over(me, carried)
    return _deliver_late(me, carried, from_afar=from_afar)


def hand_over(me: SessionData, carried: RelayedMessage) -> Future[Outcome]:
    transport = me.world.transport(me.address.bot)
    if transport is None:
        return known(NotSent(why=Why.STALE))
    if carried.edits is not None and carried.late:
        outcome = revise(me, carried, transport, outgoing(carried, me.address))
    else:
        outcome = transport.ask(Submit(outgoing=outgoing(carried, me.address)), timeout=None)
    outcome.add_done_callback(partial(_handed_over, me, carried))
    if carried.edits is None and not outcome.done():
        me.relaying.tracker.shows(carried, outcome, me.address.bot)
    return outcome


def does_not_know_the_end_of(me: SessionData, chat: ChatId) -> bool:
    session = me.session
    return session is not None and isinstance(session.place, Idle) and session.ended != chat


def _handed_over(me: SessionData, carried: RelayedMessage, outcome: Future[Outcome]) -> None:
    """Called by the loop, between messages."""
    if failure_of(outcome) is None:
        _shown(me, carried, outcome.result())


def _shown(me: SessionData, carried: RelayedMessage, outcome: Outcome) -> None:
    place = me.session.place if me.session is not None else None
    if not isinstance(place, Chatting) or place.chat.id != carried.chat:
        return
    if not isinstance(outcome, Sent):
        return
    if carried.edits is not None:
        _note(me, place.chat, carried.edits, carried.message, next(iter(carried.digests), UNKNOWN))
        return
    digests = dict(zip(messages_of(carried), carried.digests, strict=False))
    for theirs, mine in paired(carried, outcome):
        me.relaying.tracker.pair(mine, theirs)
        _note(me, place.chat, mine, theirs, digests.get(theirs, UNKNOWN))


def _note(me: SessionData, chat: Chat, mine: MessageId, theirs: MessageId, digest: int) -> None:
    me.world.maps.note(chat.id, *((mine, theirs) if is_first(me, chat) else (theirs, mine)), digest)


def _may_be_unintroduced(me: SessionData, session: Session) -> bool:
    """A session that was activated does not know; of an older chat the second card might be seen."""
    place = session.place
    if not isinstance(place, Chatting) or place.introduced:
        return False
    return me.world.clock() - place.chat.started < INTRODUCED_SECONDS


async def _deliver_late(me: SessionData, carried: RelayedMessage, *, from_afar: bool) -> Future[Outcome]:
    """The sender heard of the chat before we did, or we have left it. What the event stream brings ahead of the end was said
    before it, though the pool knows that end already.
    """
    session = me.session
    try:
        if session is None or not in_chat(session, carried.chat):
            session = await patiently(partial(activate, me) if session is None else partial(look, me, session))
    except Unavailable as error:
        return known(NotSent(why=Why.UNREACHABLE, detail=str(error)))
    if not in_chat(session, carried.chat):
        may_be_in_time = from_afar and does_not_know_the_end_of(me, carried.chat)
        return me.arrivals.hold(me, carried) if may_be_in_time else known(NotSent(why=Why.DISCARDED))
    if _may_be_unintroduced(me, session):
        await _introduce_if_possible(me, session)
    return hand_over(me, carried)


async def _introduce_if_possible(me: SessionData, session: Session) -> None:
    """The messages do not wait for the records."""
    assert isinstance(session.place, Chatting)
    unit = UnitOfWork(key_of(me, f"met {session.place.chat.id}"), nobody_waits)
    matched = Matched(user=me.address.user, chat=session.place.chat)
    introduced = me.carry_out(unit, session, matched, me.decide(matched, unit))
    if introduced is not None:
        await introduced


def outgoing(carried: RelayedMessage, address: Address) -> Send | Edit:
    """How the partner's message is shown to the user at `address`."""
    if carried.edits is not None:
        return Edit(to=address.user, message=carried.edits, body=carried.content, lane=Lane.RELAY, chat=carried.chat)
    keys = tuple(f"relay:{carried.source.bot}:{carried.source.user}:{message}" for message in messages_of(carried))
    return Send(
        to=address.user,
        key=keys[0],
        keys=keys if len(keys) > 1 else (),
        body=carried.content,
        lane=Lane.RELAY,
        reply_to=carried.reply_to,
        chat=carried.chat,
    )


def way_back(carried: RelayedMessage, outcome: Outcome) -> DeliveryReceipt:
    """What the sender's process is told."""
    edit = carried.edits is not None
    back = DeliveryReceipt(
        user=carried.source.user, chat=carried.chat, mine=carried.message, theirs=None, edit=edit, pts=carried.pts
    )
    match outcome:
        case NotSent(why=why, detail=detail, retry_after=seconds):
            return replace(back, why=str(why), detail=detail, retry_after=seconds)
        case Sent(message=message, album=album):
            return replace(back, theirs=message, album=tuple(paired(carried, outcome)) if album else ())
    assert_never(outcome)
