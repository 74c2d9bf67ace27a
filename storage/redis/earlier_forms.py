"""What edited messages of a chat said before (domain.ports.relay.EarlierForms): for each chat one stream in Redis, which expires
with the chat's message map. Each text is sealed: Redis and its files never have it in the clear. One that this process cannot
open, since its key was dropped, counts as not there: the rest of the evidence does not depend on it.
"""

from __future__ import annotations

import logging
from typing import Any, cast

from domain.errors import SettingsError
from domain.model.ids import ChatId, MessageId, UserId
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, milliseconds
from storage.secrets import Sealed, Secrets

KEPT = 20
"""Texts of one chat."""

logger = logging.getLogger(__name__)


class RedisEarlierForms:
    """`seconds`: how long they are kept while the chat goes on."""

    def __init__(self, client: Client, keys: Keys, secrets: Secrets, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._secrets = secrets
        self._scripts = Scripts(client, keys.tag)
        self._kept_ms = milliseconds(seconds)

    async def keep(self, chat: ChatId, recipient: UserId, message: MessageId, text: str) -> None:
        sealed = self._secrets.seal(text.encode("utf-8", "surrogatepass"), context=_context(chat))
        await self._scripts.run(
            "earlier_keep", REDIS_TIME, chat, KEPT, self._kept_ms, f"{recipient}:{message}", sealed.key_id, sealed.blob
        )

    async def load(self, chat: ChatId) -> dict[tuple[UserId, MessageId], tuple[str, ...]]:
        with translated(self._client):
            entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", await self._read(chat))
        found: dict[tuple[UserId, MessageId], tuple[str, ...]] = {}
        for _, fields in entries:
            recipient, _, message = fields[b"m"].partition(b":")
            key = UserId(int(recipient)), MessageId(int(message))
            try:
                found[key] = (*found.get(key, ()), self._opened(chat, fields))
            except SettingsError:
                logger.warning("what an edited message said before cannot be opened, and does not go with a report")
        return found

    async def _read(self, chat: ChatId) -> Any:
        return await self._client.xrange(self._keys.earlier(chat))

    def _opened(self, chat: ChatId, fields: dict[bytes, bytes]) -> str:
        sealed = Sealed(key_id=fields[b"k"].decode(), blob=fields[b"s"])
        return self._secrets.open(sealed, context=_context(chat)).decode("utf-8", "surrogatepass")


def _context(chat: ChatId) -> str:
    return f"earlier forms of chat {chat}"
