"""Deletions that were asked for and not carried out: the process of that session has died, or a store was away.

The bot's present process goes on with them, by the session of that person, so that their chat ends first.
"""

from __future__ import annotations

import logging

from actors.messages import GoOnDeleting
from actors.payments.context import PaymentContext
from domain.model.ids import Address, BotId

logger = logging.getLogger(__name__)


async def carry_out(world: PaymentContext, bot: BotId) -> float | None:
    """Raises `domain.errors.Unavailable`."""
    if world.deletions is None:
        return None
    for user in await world.deletions.waiting(bot, world.clock()):
        address = Address(bot, user)
        session = world.directory.session(address)
        if session is not None:
            logger.info("%s --Asked to be deleted--> gone on with", address)
            session.tell(GoOnDeleting())
    return AGAIN_SECONDS


AGAIN_SECONDS = 10.0
"""Until it is looked whether they are done."""
