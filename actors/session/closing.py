"""Ends the chat or the search of somebody whose bot the operator removes."""

from __future__ import annotations

from actors.messages import CloseSession
from actors.session.data import SessionData
from actors.session.standing import activate, look
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from actors.session.units import key_of
from domain.ask import Response, reply
from domain.session.facts import BotRemoved


def close(me: SessionData, message: CloseSession) -> Response:
    return reply(message, _close(me))


async def _close(me: SessionData) -> None:
    session = await look(me, me.session if me.session is not None else await activate(me))
    unit, fact = UnitOfWork(key_of(me, "bot removed"), nobody_waits), BotRemoved()
    rest = me.carry_out(unit, session, fact, me.decide(fact, unit))
    if rest is not None:
        await rest
