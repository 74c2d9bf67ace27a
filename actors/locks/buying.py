"""Buys a lock: the credits are held, the pool decides, the credits are used or come back.

A lock whose answer is lost on the way stays pending, with its credits held. The sweep asks the pool what became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable

from actors.locks.context import LockContext
from domain.errors import Unavailable
from domain.locks.records import Booked, LockOutcome, LockSet, LockState, TooFew, Wanted
from domain.matching.locks import LockChat, Locked, NotLocked, Refusal
from domain.matching.requests import UNNAMED, Fenced
from domain.model.ids import LockId
from domain.model.lock import MINUTE, Lock

logger = logging.getLogger(__name__)


async def buy(world: LockContext, wanted: Wanted) -> LockOutcome:
    """Raises `domain.errors.Unavailable`: then the lock is set or its credits come back, and nobody has to ask again."""
    request = _request(world, wanted)
    booked = await world.locks.hold(wanted)
    if isinstance(booked, TooFew):
        return booked
    if booked.state is not LockState.PENDING:
        return _as_before(booked)
    answer = (await world.pool.decide([request]))[0]
    match answer:
        case Locked(since=since, until=until):
            lock = Lock(id=wanted.id, chat=wanted.chat, owner=wanted.owner, since=since, until=until)
            await _booked(wanted.id, world.locks.use(lock))
            logger.info("%s --Locked %d min--> chat %s", wanted.owner, wanted.minutes, wanted.chat)
            return LockSet(until=until)
        case NotLocked(why=why):
            await _booked(wanted.id, world.locks.void(wanted.id))
            logger.info("%s --Not locked--> %s", wanted.owner, why)
            return why
        case Fenced():
            raise Unavailable("this bot is being handed over to another worker")
        case Exception():
            raise answer
        case _:
            raise TypeError(f"the pool answered {type(answer).__name__} to a lock")


def _request(world: LockContext, wanted: Wanted) -> LockChat:
    """Raises `domain.errors.Unavailable`."""
    request = LockChat(
        lock=wanted.id,
        address=wanted.owner,
        chat=wanted.chat,
        seconds=wanted.minutes * MINUTE,
        longest=world.live.current.locks.longest_minutes * MINUTE,
    )
    return request.stamped(world.directory.mark(wanted.owner.bot), UNNAMED)


def _as_before(booked: Booked) -> LockOutcome:
    return LockSet(until=booked.until) if booked.until else Refusal.VOID


async def _booked(lock: LockId, booking: Awaitable[bool]) -> None:
    """What the pool has decided holds, also where it cannot be booked now."""
    try:
        await booking
    except Unavailable as error:
        logger.warning("lock %s is booked later: %s", lock, error)
