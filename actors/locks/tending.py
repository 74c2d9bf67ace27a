"""Ends locks in time, settles those whose answer was lost, and books what came of locks whose chat has ended."""

from __future__ import annotations

import logging

from actors.locks.context import LockContext
from domain.matching.locks import Refusal
from domain.model.events import LockBroken

PENDING_SECONDS = 10.0
"""A lock that is pending for so long is settled: whoever buys it has given up."""

logger = logging.getLogger(__name__)


async def settle(world: LockContext) -> None:
    """Raises `domain.errors.Unavailable`."""
    pending = await world.locks.pending(PENDING_SECONDS)
    for lock, found in (await world.lock_pool.settle(pending) if pending else {}).items():
        if isinstance(found, Refusal):
            booked = await world.locks.void(lock, untold=found is Refusal.VOID)  # other refusals were told by who asked for it
        else:
            booked = await world.locks.use(found)
        if booked:
            logger.warning("lock %s --Settled--> %s", lock, found if isinstance(found, Refusal) else "set")
    for broken in await world.locks.forgotten():
        await give_back(world, broken)
    await world.locks.run_out()


async def give_back(world: LockContext, broken: LockBroken) -> None:
    """Raises `domain.errors.Unavailable`."""
    lock = broken.lock
    returned = await world.locks.broken(broken)
    back = f"{returned.credits} credits for {returned.minutes} min" if returned else "nothing"
    logger.info("%s --Lock ended by %s--> %s back", lock.owner, broken.why, back)
