"""Where sleeping sessions keep their message maps (domain.ports.MessageMaps): one hash per chat and user, which fades."""

from __future__ import annotations

from redis.asyncio import Redis

from domain.values import ChatId, UserId
from storage.keys import Keys
from storage.redis_client import translated


class RedisMessageMaps:
    """`seconds`: how long a map is kept after it was last saved; longer than a chat may stay silent."""

    def __init__(self, client: Redis, keys: Keys, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._kept = round(seconds * 1000)

    async def save(self, chat: ChatId, user: UserId, pairs: dict[int, int]) -> None:
        """Replaces what was there."""
        key = self._keys.map(chat, user)
        with translated(self._client):
            async with self._client.pipeline(transaction=True) as pipeline:
                pipeline.delete(key)
                if pairs:
                    pipeline.hset(key, mapping={str(mine): theirs for mine, theirs in pairs.items()})
                    pipeline.pexpire(key, self._kept)
                await pipeline.execute()

    async def load(self, chat: ChatId, user: UserId) -> dict[int, int]:
        with translated(self._client):
            pairs = await self._client.hgetall(self._keys.map(chat, user))
        return {int(mine): int(theirs) for mine, theirs in pairs.items()}
