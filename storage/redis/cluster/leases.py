"""Leases: which process serves which bot (domain.ports.cluster.Leases).

An owner is one run of a process. After a restart it is another owner.
"""

from __future__ import annotations

import os
import secrets
import socket

from domain.model.bot import Lease
from domain.model.ids import BotId
from storage.redis.client import Client, text_of, translated
from storage.redis.keys import Keys, written
from storage.redis.scripts import REDIS_TIME, Scripts, milliseconds


def new_owner(role: str) -> str:
    """A name that no process had before, such as `worker-1@host:4711:9f3a01`."""
    return f"{role}@{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


class RedisLeases:
    def __init__(self, client: Client, keys: Keys, *, owner: str, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._owner = owner
        self._ttl_ms = milliseconds(seconds)

    async def acquire(self, bot: BotId) -> Lease | None:
        token = await self._scripts.run("cluster/lease_acquire", REDIS_TIME, bot, self._owner, self._ttl_ms)
        return None if token is None else Lease(bot=bot, owner=self._owner, token=int(token))

    async def renew(self, lease: Lease) -> bool:
        return bool(await self._scripts.run("cluster/lease_renew", REDIS_TIME, lease.bot, written(lease), self._ttl_ms))

    async def release(self, lease: Lease) -> None:
        await self._scripts.run("cluster/lease_release", REDIS_TIME, lease.owner, lease.token, lease.bot)

    async def release_owner(self, owner: str) -> int:
        """Release all leases of a dead process, so that others need not wait until they expire; how many."""
        bots = [bot for bot, holder in (await self._last_owners()).items() if holder == owner]
        return int(await self._scripts.run("cluster/lease_release", REDIS_TIME, owner, "", *bots)) if bots else 0

    async def owners(self) -> dict[BotId, str]:
        """Only bots whose lease is valid now."""
        bots = list(await self._last_owners())
        if not bots:
            return {}
        with translated(self._client):
            held = await self._client.mget([self._keys.lease(bot) for bot in bots])
        return {bot: text_of(value).rpartition(":")[0] for bot, value in zip(bots, held, strict=True) if value}

    async def _last_owners(self) -> dict[BotId, str]:
        with translated(self._client):
            entries = await self._client.hgetall(self._keys.leases)
        return {BotId(int(bot)): text_of(owner) for bot, owner in entries.items()}
