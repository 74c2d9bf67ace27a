"""Campaigns wait for what nobody tells them of: records, phones, servers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from time import monotonic


async def comes_true(what: Callable[[], Awaitable[bool]], seconds: float = inf, *, every: float) -> bool:
    """Ask again and again, with so many seconds between, until it is true. False where it is not within `seconds`."""
    until = monotonic() + seconds
    while not await what():
        if monotonic() >= until:
            return False
        await asyncio.sleep(every)
    return True


async def reaches(count: Callable[[], int], goal: float) -> None:
    """Until there are so many."""

    async def reached() -> bool:
        return count() >= goal

    await comes_true(reached, every=0.05)
