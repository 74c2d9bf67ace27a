"""Goes on with a deletion that the user had asked for, where the process of that moment has died before it was done."""

from __future__ import annotations

import logging
import secrets

from actors.messages import GoOnDeleting
from actors.session.data import SessionData
from actors.session.standing import activate, look
from actors.session.unit_of_work import UnitOfWork, nobody_waits
from actors.session.units import key_of
from domain.errors import Unavailable
from domain.session.facts import DeletionAsked

logger = logging.getLogger(__name__)


async def go_on(me: SessionData, _message: GoOnDeleting) -> None:
    """Where a store is away, it is asked for again."""
    try:
        if not await me.world.personal.asked(me.address.user):
            return
        session = await look(me, me.session if me.session is not None else await activate(me))
    except Unavailable as error:
        logger.warning("%s: a deletion waits: %s", me.address, error)
        return
    unit, fact = UnitOfWork(key_of(me, f"deletion {secrets.token_hex(8)}"), nobody_waits), DeletionAsked()
    rest = me.carry_out(unit, session, fact, me.decide(fact, unit))
    if rest is not None:
        await rest
