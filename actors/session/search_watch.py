"""A search as its session watches it: how long it has lasted here, and the message that tells of it."""

from __future__ import annotations

import secrets
from asyncio import Future
from collections.abc import Awaitable

from actors.messages import Progress, SessionMessage
from actors.runtime.timers import Timer
from actors.session.data import SessionData
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from actors.session.units import key_of
from domain.model.ids import MessageId, UserId
from domain.model.outgoing import Edit, Lane, Notice, Outcome, Outgoing, Send, Sent
from domain.session.facts import SearchTick
from domain.session.search import seeker
from domain.session.state import Session


class SearchWatch:
    """*Invariant*: one progress message a search. It is sent with the first tick, in the lane of notices, and edited afterwards;
    the pacer drops edits that the bot has no budget to spare for.
    """

    __slots__ = ("_message", "_sent", "began", "timer")

    def __init__(self, began: float, timer: Timer[SessionMessage]) -> None:
        self.began = began
        """Event loop time."""
        self.timer = timer
        self._message: MessageId | None = None
        self._sent = False

    def next_call(self, user: UserId, key: str, notice: Notice) -> Outgoing | None:
        """None while the first one is still on its way."""
        if self._message is not None:
            return Edit(to=user, message=self._message, body=notice, lane=Lane.NOTICE)
        if self._sent:
            return None
        self._sent = True
        return Send(to=user, key=key, body=notice, lane=Lane.NOTICE)

    def made(self, outcome: Future[Outcome]) -> None:
        sent = None if outcome.cancelled() or outcome.exception() is not None else outcome.result()
        if isinstance(sent, Sent):
            self._message = sent.message or self._message


def tick(me: SessionData, _progress: Progress) -> Awaitable[None] | None:
    """Time to tell that the search goes on."""
    session, watch = me.session, me.watch
    if session is None or watch is None:
        return None
    watch.timer = me.after(me.world.live.current.matching.progress_seconds, Progress())
    unit = UnitOfWork(key_of(me, f"wait {secrets.token_hex(8)}"), nobody_waits)
    fact = SearchTick(waited=me.loop.time() - watch.began, others=others(me, session))
    return me.carry_out(unit, session, fact, me.decide(fact, unit))


def others(me: SessionData, session: Session) -> int:
    """How many others search whom the user may in principle meet; 0 where that is not known."""
    if session.profile is None or not session.profile.complete:
        return 0
    return me.world.crowd.others(seeker(me.world.context(session)))
