"""Figures of locks for `status`: how many hold, and how many credits of undecided ones are held."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from domain.errors import Unavailable
from domain.ports.locks import LockPool, Locks


@dataclass(frozen=True, slots=True)
class LockFigures:
    pool: LockPool
    records: Locks

    async def read(self, patience: float) -> dict[str, float]:
        """Without what no store can tell within so many seconds: that it is away is said by the problems."""
        locks, held = await asyncio.gather(_figure(self.pool.in_force(), patience), _figure(self.records.held(), patience))
        return {name: figure for name, figure in (("locks", locks), ("held_credits", held)) if figure is not None}


async def _figure(asked: Awaitable[int], patience: float) -> int | None:
    try:
        async with asyncio.timeout(patience):
            return await asked
    except (TimeoutError, Unavailable):
        return None
