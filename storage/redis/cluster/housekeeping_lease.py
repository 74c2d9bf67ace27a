"""Which worker does what one does for all (domain.ports.cluster.HousekeepingLease): a key with a short life, held on by its
owner.

There is no fencing token. Whatever a housekeeper does, two may do at once: a holder that was paused and wakes late does a little
more than it should, and no harm.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from storage.redis.client import Client
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, milliseconds

SECONDS = 3.0
"""After its last sign of life a holder is taken for dead."""


class RedisHousekeepingLease:
    def __init__(self, client: Client, keys: Keys, *, owner: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._scripts = Scripts(client, keys.tag)
        self._owner = owner
        self._good_until = float("-inf")

    @property
    def held(self) -> bool:
        return self._clock() < self._good_until

    async def hold(self) -> bool:
        asked = self._clock()
        taken = await self._scripts.run("cluster/housekeeping_lease", REDIS_TIME, self._owner, milliseconds(SECONDS))
        self._good_until = asked + SECONDS if taken else float("-inf")
        return bool(taken)

    async def give_back(self) -> None:
        self._good_until = float("-inf")
        await self._scripts.run("cluster/housekeeping_lease", REDIS_TIME, self._owner, 0)
