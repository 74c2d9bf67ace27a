"""Decisions of the pool whose answers never came: what became of them is found out once the pool answers again
([why](docs/decisions/lost-answers.md)).
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable

from actors.messages import Again, FindOut, FoundOut
from actors.runtime.asking import RETRY_SECONDS
from actors.session.data import SETTLE_SECONDS, SessionData
from actors.session.effects.pool import stamped
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from actors.session.units import key_of
from domain.errors import Unavailable
from domain.matching.requests import Decision, GetStatus
from domain.matching.requests import Standing as PoolStanding
from domain.model.ids import Pts
from domain.session.facts import Decided
from domain.session.state import Place

LOOKS = 2
"""After a decision whose answer never came. A server that hangs may look before it decides, though it was asked the other way."""

logger = logging.getLogger(__name__)


class Unanswered:
    __slots__ = ("_decisions",)

    def __init__(self) -> None:
        self._decisions: dict[Pts | None, Decision] = {}
        """By their places in the bot's log. A later answer supersedes them all."""

    def clear(self) -> None:
        self._decisions.clear()

    def remember(self, me: SessionData, decision: Decision) -> None:
        if not self._decisions:
            me.after(RETRY_SECONDS, Again(what=FindOut(looks=LOOKS)))
        self._decisions[decision.mark.pts] = decision

    def find_out(self, me: SessionData, message: FindOut) -> Awaitable[None] | None:
        """Beside the chat, which goes on with what is known while the pool is away. A session activated later will know."""
        if me.session is None:
            self._decisions.clear()
        if me.session is None or not self._decisions:
            return None
        return me.work(self._ask_what_became(me, message, me.session.place))

    def found_out(self, me: SessionData, found: FoundOut) -> Awaitable[None] | None:
        """A decision whose answer never came is handled as if it came now."""
        session = me.session
        if session is None or not self._decisions:
            return None
        if session.place is not found.place:
            return self.find_out(me, FindOut(looks=found.looks))
        made = self._made(me, found)
        if made is None:
            self._look_once_more(me, found)
            return None
        self._decisions.clear()
        unit = UnitOfWork(key_of(me, f"late answer {secrets.token_hex(8)}"), nobody_waits)
        fact = Decided(request=made, answer=found.answer)
        return me.carry_out(unit, session, fact, me.decide(fact, unit))

    async def _ask_what_became(self, me: SessionData, message: FindOut, place: Place) -> None:
        """What has no place in the log leaves no mark, and is asked once more: it does no harm, made already or made late."""
        unmarked = self._decisions.get(None)
        try:
            again = None if unmarked is None else stamped(me, unmarked, None)
            answer = await me.world.ask_pool(again or GetStatus(user=me.address.user))
        except Unavailable as error:
            logger.warning("%s: whether the pool did what it was asked waits for it: %s", me.address, error)
            if not me.dead:
                me.after(RETRY_SECONDS, Again(what=message))
        else:
            if not me.dead:
                me.after(0.0, FoundOut(asked=again, answer=answer, place=place, looks=message.looks))

    def _made(self, me: SessionData, found: FoundOut) -> Decision | None:
        """The decision of which that is the answer. The mark says which of our updates the pool heard last: what was asked before
        is superseded, and what was asked after it has not been done.
        """
        if found.asked is not None:
            return found.asked
        last = found.answer.marks.get(me.address.bot) if isinstance(found.answer, PoolStanding) else None
        return None if last is None else self._decisions.get(last)

    def _look_once_more(self, me: SessionData, found: FoundOut) -> None:
        if found.looks > 1:
            me.after(SETTLE_SECONDS, Again(what=FindOut(looks=found.looks - 1)))
        else:
            self._decisions.clear()
