"""Where sleeping sessions keep their message maps (domain.ports.MessageMaps): one hash per chat and user, which fades."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from domain.values import ChatId, UserId
from storage.batches import Batches
from storage.keys import Keys
from storage.redis_client import Client
from storage.scripts import REDIS_TIME, Call, Scripts, script


class RedisMessageMaps:
    """`seconds`: how long a map is kept after it was last saved; longer than a chat may stay silent."""

    def __init__(self, client: Client, keys: Keys, *, seconds: float) -> None:
        self._scripts = Scripts(client, keys.tag)
        self._kept = round(seconds * 1000)
        self._calls: Batches[Call, Any] = Batches(self._scripts.run_all)

    async def save(self, chat: ChatId, user: UserId, pairs: dict[int, int]) -> None:
        """Replaces what was there."""
        arguments: Sequence[Any] = (REDIS_TIME, chat, user, self._kept, *chain.from_iterable(pairs.items()))
        await self._calls.ask(Call(script("map_save"), arguments))

    async def load(self, chat: ChatId, user: UserId) -> dict[int, int]:
        flat: list[bytes] = await self._calls.ask(Call(script("map_load"), (REDIS_TIME, chat, user)))
        return {int(mine): int(theirs) for mine, theirs in zip(flat[::2], flat[1::2], strict=True)}
