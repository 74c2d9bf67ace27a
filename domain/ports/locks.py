"""Locks of chats. `storage/redis/pool/locks.py` implements `LockPool`, `storage/sql/locks/` implements `Locks`.

`domain.matching.locks.LockChat` sets a lock, as a request to `domain.ports.pool.Pool`. After a wipe of the pool
`domain.ports.pool.Reconciliation` puts locks back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.locks.records import Booked, Returned, TooFew, Wanted
from domain.matching.locks import Refusal
from domain.model.events import LockBroken
from domain.model.ids import LockId
from domain.model.lock import Lock


class LockPool(Protocol):
    """What the pool knows of locks. Raises `domain.errors.Unavailable`."""

    async def settle(self, locks: Sequence[LockId]) -> Mapping[LockId, Lock | Refusal]:
        """What became of locks whose answer is not known: the lock as it was set, which may be over by now, or why it is refused.
        One of which the pool knows nothing is refused by this, as VOID: a request that comes later is answered so.
        """
        ...

    async def end_due(self) -> float | None:
        """End the locks whose time is over, and tell both members of each, once (event `LockEnded`). Seconds until the next end;
        None where no chat is locked.
        """
        ...

    async def in_force(self) -> int:
        """How many locks hold; a chat that both members have locked counts twice."""
        ...


class Locks(Protocol):
    """The records of locks and of the credits that they cost. Each method is one transaction, and asked again it changes nothing.
    Raises `domain.errors.Unavailable`.
    """

    async def hold(self, wanted: Wanted) -> Booked | TooFew:
        """Take the price from the owner and hold it: the lock is pending. Of a lock that is known: its state."""
        ...

    async def use(self, lock: Lock) -> bool:
        """The pool has set a pending lock. False where it is not pending."""
        ...

    async def void(self, lock: LockId, *, untold: bool = False) -> bool:
        """A pending lock will never be set: the price goes back. False where it is not pending. `untold`: the owner is told by
        the outbox, because they wait for no answer, or were told that it holds.
        """
        ...

    async def broken(self, broken: LockBroken) -> Returned | None:
        """The chat has ended before the lock: what comes back (`domain.locks.returns`), which the owner is told.
        None for nothing. A lock that is still pending is used first, since the pool had set it.
        """
        ...

    async def run_out(self) -> int:
        """Locks whose time is over while their chat goes on are over; how many."""
        ...

    async def pending(self, older: float) -> list[LockId]:
        """Those that are pending for more than so many seconds, the oldest first; some hundred at most."""
        ...

    async def forgotten(self) -> list[LockBroken]:
        """Of active locks whose chat has ended long ago by the records: the event that should have told so. The pool has lost it.
        Some hundred at most.
        """
        ...

    async def to_put_back(self) -> list[Lock]:
        """Active locks, to be put back into a pool that has lost them; also those that were over less than a minute ago, whose
        members may not have been told.
        """
        ...

    async def held(self) -> int:
        """Credits of pending locks."""
        ...

    async def purge_before(self, when: float) -> int:
        """Delete locks that had ended by then, in Unix seconds (retention); how many."""
        ...
