"""Tells the pool of bans that somebody else wrote into the records: an operator's command, the panel, a process that died."""

from __future__ import annotations

import logging
from math import inf

from domain.model.dates import day_and_time
from domain.ports.pool import Pool
from domain.ports.records import Bans

logger = logging.getLogger("actors.admin.bans")


async def tell(bans: Bans, pool: Pool) -> None:
    """Once more where it is not known whether the pool heard it: that changes nothing. Raises `domain.errors.Unavailable`."""
    for user, until in await bans.untold():
        await pool.ban(user, until)
        await bans.told(user, until)
        if until:
            logger.info("user=%d --Banned--> %s", user, "for good" if until == inf else f"until {day_and_time(until)}")
        else:
            logger.info("user=%d --Unbanned--> free", user)
