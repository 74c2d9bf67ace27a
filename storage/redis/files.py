"""Files that a bot has got from another bot (domain.ports.relay.Files): the bot's own ids of a file, by the file's unique id."""

from __future__ import annotations

import msgspec

from domain.model.content import FileRef
from domain.model.ids import BotId
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import milliseconds


class RedisFiles:
    """`seconds`: time to live of an entry. A file without one is transferred again."""

    def __init__(self, client: Client, keys: Keys, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._ttl_ms = milliseconds(seconds)

    async def get(self, bot: BotId, unique_id: str) -> FileRef | None:
        with translated(self._client):
            found = await self._client.get(self._keys.file(bot, unique_id))
        return msgspec.json.decode(found, type=FileRef) if found else None

    async def put(self, file: FileRef) -> None:
        with translated(self._client):
            await self._client.set(self._keys.file(file.bot, file.unique_id), msgspec.json.encode(file), px=self._ttl_ms)
