"""What is asked of the pool of waiting and talking users.

*Invariant*: earlier messages are settled before a decision that asks for it, so that what was said before /stop arrives before
the end of the chat.
"""

from __future__ import annotations

import secrets
from functools import partial

from actors.session.data import Later, Result, SessionData
from actors.session.unit_of_work import UnitOfWork
from domain.errors import Unavailable
from domain.matching.requests import Decision, Fenced
from domain.model.ids import ChatId, Pts
from domain.session.effects import Decide
from domain.session.facts import Decided


class PoolDecisions:
    def decide(self, me: SessionData, unit: UnitOfWork, effect: Decide) -> Result:
        request = effect.request
        settled = me.relaying.tracker.settled() if request.SETTLES_FIRST else None
        if settled is not None:
            return Later(arrives=settled, then=partial(ask, me, unit, request))
        return ask(me, unit, request)


async def ask(me: SessionData, unit: UnitOfWork, request: Decision) -> Decided[Decision]:
    """Raises Unavailable where no answer came; what became of it is found out later. What a former owner asked for was not done:
    the update is left to the next one.
    """
    stamp = stamped(me, request, unit.pts)
    try:
        answer = await me.world.ask_pool(stamp)
    except Unavailable:
        me.unanswered.remember(me, stamp)
        raise
    me.unanswered.clear()
    if isinstance(answer, Fenced):
        unit.abandon()
    return Decided(request=request, answer=answer)


def stamped(me: SessionData, request: Decision, pts: Pts | None) -> Decision:
    return request.stamped(me.world.directory.mark(me.address.bot, pts), ChatId(secrets.token_hex(8)))
