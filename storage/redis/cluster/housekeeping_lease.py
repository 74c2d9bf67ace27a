"""The housekeeping lease: which worker does the work that one worker does for all (domain.ports.cluster.HousekeepingLease).

It is a key with a short time to live, which its holder renews. There is no fencing token: two may do this work at once without
harm, so a holder that was paused and resumes late does no damage.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from storage.redis.client import Client
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, milliseconds

SECONDS = 3.0
"""Time to live of the lease."""


class RedisHousekeepingLease:
    def __init__(self, client: Client, keys: Keys, *, owner: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._scripts = Scripts(client, keys.tag)
        self._owner = owner
        self._held_until = float("-inf")

    @property
    def held(self) -> bool:
        return self._clock() < self._held_until

    async def hold(self) -> bool:
        requested_at = self._clock()
        taken = await self._scripts.run("cluster/housekeeping_lease", REDIS_TIME, self._owner, milliseconds(SECONDS))
        self._held_until = requested_at + SECONDS if taken else float("-inf")
        return bool(taken)

    async def give_back(self) -> None:
        self._held_until = float("-inf")
        await self._scripts.run("cluster/housekeeping_lease", REDIS_TIME, self._owner, 0)
