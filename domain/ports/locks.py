"""Locks of chats. `storage/redis/pool/locks.py` implements `LockPool`.

`domain.matching.locks.LockChat` sets a lock, as a request to `domain.ports.pool.Pool`. After a wipe of the pool
`domain.ports.pool.Reconciliation` puts locks back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.model.ids import LockId
from domain.model.lock import Lock


class LockPool(Protocol):
    """What the pool knows of locks. Raises `domain.errors.Unavailable`."""

    async def settle(self, locks: Sequence[LockId]) -> Mapping[LockId, Lock | None]:
        """What became of locks whose answer is not known: the lock as it was set, which may be over by now, or None. A lock that
        is None will never be set: a request that comes later is answered `Refusal.VOID`.
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
