"""What LockActor works with: the records of locks and credits, the pool, and the bots of this worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from actors.bot.directory import Directory
from domain.configuration import LiveConfiguration
from domain.ports.locks import LockPool, Locks
from domain.ports.payments import Credits
from domain.ports.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class LockContext:
    directory: Directory
    locks: Locks
    credits: Credits
    pool: Pool
    lock_pool: LockPool
    live: LiveConfiguration
    tends: Callable[[], bool]
    """Whether this process settles the locks of the whole installation."""
