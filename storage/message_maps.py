"""Where sleeping sessions keep their message maps (domain.ports.MessageMaps): one hash per chat and user, which fades."""

from __future__ import annotations

from itertools import chain

from domain.values import ChatId, UserId
from storage.keys import Keys
from storage.redis_client import Client, translated
from storage.scripts import REDIS_TIME, Scripts


class RedisMessageMaps:
    """`seconds`: how long a map is kept after it was last saved; longer than a chat may stay silent."""

    def __init__(self, client: Client, keys: Keys, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._kept = round(seconds * 1000)

    async def save(self, chat: ChatId, user: UserId, pairs: dict[int, int]) -> None:
        """Replaces what was there."""
        flat = chain.from_iterable(pairs.items())
        await self._scripts.run("map_save", REDIS_TIME, chat, user, self._kept, *flat)

    async def load(self, chat: ChatId, user: UserId) -> dict[int, int]:
        with translated(self._client):
            pairs = await self._client.hgetall(self._keys.map(chat, user))
        return {int(mine): int(theirs) for mine, theirs in pairs.items()}
