"""What a bot has once it has for good (domain.ports.relay.Files): its own ids of files, by the file's unique id. They fade."""

from __future__ import annotations

import msgspec

from domain.model.content import FileRef
from domain.model.ids import BotId
from storage.redis.client import Client, translated
from storage.redis.keys import Keys


class RedisFiles:
    """`seconds`: how long a file is remembered after it was last brought. What is forgotten is brought anew."""

    def __init__(self, client: Client, keys: Keys, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._kept = round(seconds * 1000)

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None:
        with translated(self._client):
            found = await self._client.get(self._keys.file(bot, unique_id))
        return msgspec.json.decode(found, type=FileRef) if found else None

    async def put(self, file: FileRef) -> None:
        with translated(self._client):
            await self._client.set(self._keys.file(file.bot, file.unique_id), msgspec.json.encode(file), px=self._kept)
