"""What LockActor works with: the records of locks and credits, the pool, and the bots of this worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from domain.configuration import LiveConfiguration
from domain.matching.requests import Mark
from domain.model.ids import BotId
from domain.ports.locks import LockPool, Locks
from domain.ports.payments import Credits
from domain.ports.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class LockContext:
    locks: Locks
    credits: Credits
    pool: Pool
    lock_pool: LockPool
    live: LiveConfiguration
    mark: Callable[[BotId], Mark]
    """Of a request to the pool for somebody at this bot. Raises `domain.errors.Unavailable` where the bot is served elsewhere."""
    tends: Callable[[], bool]
    """Whether this process ends and settles the locks of the whole installation."""
