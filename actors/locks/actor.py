"""LockActor: locks of chats. One per worker. Each ends those that are due; the holder of the housekeeping lease settles all.

*Invariant*: the credits of a lock are used if the pool has set it, and come back if not, whichever process dies in between.

Its work runs beside the mailbox, so that nobody waits behind anybody.
"""

from __future__ import annotations

import logging
from typing import assert_never

from actors.locks.buying import buy
from actors.locks.context import LockContext
from actors.locks.messages import BuyLock, EndDue, GiveBack, LockMessage, ReadCredits, SettleLocks
from actors.locks.tending import give_back, settle
from actors.runtime.actor import Actor
from domain.ask import Response, reply
from domain.errors import Unavailable

END_SECONDS = 0.5
"""How often it is looked for locks whose time is over, at least."""
SETTLE_SECONDS = 5.0

logger = logging.getLogger(__name__)


class LockActor(Actor[LockMessage]):
    MAILBOX_LIMIT = 10_000

    __slots__ = ("_settling", "_world")

    def __init__(self, world: LockContext) -> None:
        super().__init__()
        self._world = world
        self._settling = False

    def label(self) -> str:
        return "LockActor"

    def on_start(self) -> None:
        self.after(END_SECONDS, EndDue())
        self.every(SETTLE_SECONDS, SettleLocks())

    def on_receive(self, message: LockMessage) -> Response:
        match message:
            case ReadCredits(user=user):
                return reply(message, self.work(self._world.credits.balance(user)))
            case BuyLock(wanted=wanted):
                return reply(message, self.work(buy(self._world, wanted)))
            case GiveBack(broken=broken):
                return reply(message, self.work(give_back(self._world, broken)))
            case EndDue():
                self.work(self._end_due(), vital=True)
                return None
            case SettleLocks():
                if self._world.tends() and not self._settling:
                    self.work(self._settle(), vital=True)
                return None
        assert_never(message)

    async def _end_due(self) -> None:
        """Again at the next end, and at the latest after `END_SECONDS`: a lock may be set meanwhile.

        The pool ends each lock once, whoever asks. With a lease, whose holder may have died, ends would wait until it runs out.
        """
        pause = END_SECONDS
        try:
            if (next_end := await self._world.lock_pool.end_due()) is not None:
                pause = min(next_end, END_SECONDS)
        except Unavailable as error:
            logger.warning("locks whose time is over are ended later: %s", error)
        self.after(pause, EndDue())

    async def _settle(self) -> None:
        self._settling = True
        try:
            await settle(self._world)
        except Unavailable as error:
            logger.warning("locks are settled later: %s", error)
        finally:
            self._settling = False
