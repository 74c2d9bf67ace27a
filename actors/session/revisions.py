"""Before an edit of the partner's, what the user's copy says is read back from Telegram and kept sealed, in case that the chat is
reported: else whoever insults could make it harmless afterwards.

Reading takes a moment at most, and an edit is made also where it fails. Edits keep their order.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future
from dataclasses import dataclass
from functools import partial

from actors.messages import ReadBack, Submit, TransportMessage
from actors.runtime.asking import NO_REPLY
from actors.runtime.ref import ActorRef
from actors.session.data import SessionData
from domain.errors import Unavailable
from domain.model.events import RelayedMessage
from domain.model.outgoing import NotSent, Outcome, Outgoing, Why
from domain.session.state import in_chat
from domain.trust.evidence import words_of

READ_SECONDS = 2.0

logger = logging.getLogger(__name__)


def revise(me: SessionData, carried: RelayedMessage, transport: ActorRef[TransportMessage], edit: Outgoing) -> Future[Outcome]:
    """The outcome of the edit. Cancelled where the session ends before it was made."""
    revision = _Revision(me, carried, transport, edit, me.loop.create_future())
    before, under_way = me.relaying.revising, me.loop.create_future()
    me.relaying.revising = under_way
    me.work(_revise(revision, before, under_way))
    return revision.outcome


@dataclass(frozen=True, slots=True)
class _Revision:
    me: SessionData
    carried: RelayedMessage
    transport: ActorRef[TransportMessage]
    edit: Outgoing
    outcome: Future[Outcome]


async def _revise(revision: _Revision, before: Future[None] | None, under_way: Future[None]) -> None:
    me, carried, outcome = revision.me, revision.carried, revision.outcome
    try:
        if before is not None:
            await asyncio.wait([before])
        said = await _said_until_now(me, carried, revision.transport)
        if me.session is not None and not in_chat(me.session, carried.chat):
            said = ""  # the copy stays as it is, and what is kept of the chat goes an hour after its end
            outcome.set_result(NotSent(why=Why.DISCARDED))
        else:
            sent = revision.transport.ask(Submit(outgoing=revision.edit), timeout=None)
            sent.add_done_callback(partial(_pass_on, outcome))
    except BaseException:
        outcome.cancel()
        raise
    finally:
        under_way.set_result(None)
    if said:
        await _keep(me, carried, said)


async def _said_until_now(me: SessionData, carried: RelayedMessage, transport: ActorRef[TransportMessage]) -> str:
    """Empty where that is not known, or the edit changes no word."""
    assert carried.edits is not None
    try:
        copies = await transport.ask(ReadBack(user=me.address.user, messages=(carried.edits,)), timeout=READ_SECONDS)
    except (Unavailable, *NO_REPLY) as error:
        logger.warning("%s: what an edited message said before is not known: %s", me.address, type(error).__name__)
        return ""
    said = words_of(copies[0].content) if copies else ""
    return "" if said == words_of(carried.content) else said


async def _keep(me: SessionData, carried: RelayedMessage, said: str) -> None:
    assert carried.edits is not None
    try:
        await me.world.earlier.keep(carried.chat, me.address.user, carried.edits, said)
    except Unavailable as error:
        logger.warning("%s: what an edited message said before is not kept: %s", me.address, error)


def _pass_on(outcome: Future[Outcome], sent: Future[Outcome]) -> None:
    """Called by the loop, between messages."""
    if outcome.done():
        return
    if sent.cancelled():
        outcome.cancel()
    elif (error := sent.exception()) is not None:
        outcome.set_exception(error)
    else:
        outcome.set_result(sent.result())
