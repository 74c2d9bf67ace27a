"""Figures of what is held, for `status`: locks, credits of undecided ones, invitations that wait for an operator."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass

from domain.errors import Unavailable
from domain.ports.invitations import HeldInvitations
from domain.ports.locks import LockPool, Locks


@dataclass(frozen=True, slots=True)
class HeldFigures:
    pool: LockPool
    locks: Locks
    invitations: HeldInvitations

    async def read(self, patience: float) -> dict[str, float]:
        """Without what no store can tell within so many seconds: that it is away is said by the problems."""
        asked = {
            "locks": self.pool.in_force(),
            "held_credits": self.locks.held(),
            "held_invitations": self.invitations.held(),
        }
        figures = await asyncio.gather(*(_figure(each, patience) for each in asked.values()))
        return {name: figure for name, figure in zip(asked, figures, strict=True) if figure is not None}


async def _figure(asked: Awaitable[int], patience: float) -> int | None:
    try:
        async with asyncio.timeout(patience):
            return await asked
    except (TimeoutError, Unavailable):
        return None
