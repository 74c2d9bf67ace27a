"""Pictures of newcomers, of people with open reports, and of minors are shown to the judge before they are passed on, if the
operator has named one. What is said next does not wait; the end of the chat does, for a while.
"""

from __future__ import annotations

import asyncio
from asyncio import Future
from functools import partial

from actors.messages import JudgePictures
from actors.moderation.messages import NoteFinding
from actors.runtime.asking import NO_REPLY, RETRY_SECONDS, answer_of
from actors.session.data import SessionData
from actors.session.standing import is_minor
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.model.content import is_picture, media_of
from domain.model.outgoing import NotSent, Outcome, Sent, Why
from domain.ports.judge import Judgement
from domain.session.effects import Relay
from domain.session.state import in_chat
from domain.trust.findings import Finding

KNOWN_PICTURE = "known-picture"
"""The rule's name in the review list."""
HELD = NotSent(why=Why.REFUSED, detail="PICTURE_HELD")


def is_needed(me: SessionData, relay: Relay) -> bool:
    return bool(me.world.live.current.trust.judge_url) and any(map(is_picture, media_of(relay.content)))


def pass_on_judged(me: SessionData, unit: UnitOfWork, relay: Relay) -> None:
    """It is passed on once nothing speaks against it. An edit or a reply to it waits too."""
    judged: Future[Outcome] = me.loop.create_future()
    me.relaying.tracker.waits(relay, judged, brings_file=True)
    unit.wait_for(judged)
    judged.add_done_callback(partial(_go_on, me, unit, relay))
    me.work(_judge(me, relay, judged))


def _go_on(me: SessionData, unit: UnitOfWork, relay: Relay, judged: Future[Outcome]) -> None:
    """Called by the loop, between messages. Without a judgement the update is handled again elsewhere."""
    me.relaying.tracker.waited(relay)
    if me.dead or judged.cancelled():
        unit.abandon()
    elif judged.result() == HELD:
        me.relaying.refuse(me, unit, relay, HELD)
    elif me.session is None or in_chat(me.session, relay.chat):
        me.relaying.pass_on(me, unit, relay)


async def _judge(me: SessionData, relay: Relay, judged: Future[Outcome]) -> None:
    try:
        judgement = await _judgement(me, relay)
        if judgement is Judgement.MATCH:
            await _note_match(me, relay)
        judged.set_result(Sent() if judgement is Judgement.NOTHING else HELD)
    finally:
        judged.cancel()


async def _judgement(me: SessionData, relay: Relay) -> Judgement:
    """Raises CancelledError where the bot is being handed over."""
    if not await _is_watched(me):
        return Judgement.NOTHING
    transport = me.world.transport(me.address.bot)
    if transport is None:
        raise asyncio.CancelledError
    try:
        return await transport.ask(JudgePictures(content=relay.content), timeout=None)
    except NO_REPLY as error:
        raise asyncio.CancelledError from error


async def _is_watched(me: SessionData) -> bool:
    """Everybody is while the records are away."""
    if is_minor(me):
        return True
    try:
        return await me.world.watched.is_watched(me.address.user)
    except Unavailable:
        return True


async def _note_match(me: SessionData, relay: Relay) -> None:
    """Tried until it is recorded: the update is done only then. Not one byte of the picture is kept."""
    kinds = ", ".join(sorted({media.kind for media in media_of(relay.content)}))
    finding = Finding(rule=KNOWN_PICTURE, detail=f"{kinds} in chat {relay.chat}", hold=True)
    while True:
        try:
            note = me.world.moderation.ask(NoteFinding(who=me.address, finding=finding), timeout=me.world.ask_timeout)
            return await answer_of(note, "the moderation")
        except Unavailable:
            await asyncio.sleep(RETRY_SECONDS)
