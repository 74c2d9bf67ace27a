"""How often somebody may ask."""

from __future__ import annotations

import math

from domain.errors import Unavailable
from domain.panel.rates import RATES
from domain.ports.limits import Limits
from web.api.errors import Refused


async def spend(limits: Limits, rate: str, who: str) -> None:
    """Raises `Refused` with Retry-After. Where nobody can count, only rates that need it refuse: those raise `Unavailable`."""
    try:
        wait = await limits.take(f"{rate} {who}", RATES[rate])
    except Unavailable:
        if RATES[rate].needs_limits:
            raise
        return
    if wait > 0:
        raise too_many("Too many requests.", wait)


def too_many(reason: str, wait: float) -> Refused:
    seconds = math.ceil(wait)
    return Refused("slow_down", f"{reason} Try again in {seconds} s.", headers={"Retry-After": str(seconds)})
