"""Notes of the rules against spam in Redis (domain.ports.spam.SpamNotes): one string for each kind and subject, which expires.

A note is sealed, so that whoever reads Redis learns neither who met whom nor what was alike. What this process cannot open, since
its key is gone or a later release wrote it, counts as not there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from domain.errors import SettingsError, Unavailable
from domain.model.ids import UserId
from domain.ports.spam import HIT, SAID, Kind, Noted
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, milliseconds
from storage.secrets import Sealed, Secrets

ATTEMPTS = 10
"""Another process was faster that often only where something is wrong."""

logger = logging.getLogger(__name__)
T = TypeVar("T")
R = TypeVar("R")


class RedisSpamNotes:
    def __init__(self, client: Client, keys: Keys, secrets: Secrets) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._secrets = secrets

    async def change(self, kind: Kind[T], subject: int, fold: Callable[[T], Noted[T, R]]) -> R:
        name = f"{kind.name}:{subject}"
        for _ in range(ATTEMPTS):
            with translated(self._client):
                found: Any = await self._client.get(self._keys.spam(name))
            read: bytes | None = found
            value = self._opened(kind, name, read)
            noted = fold(value)
            if noted.value == value or await self._written(name, read, noted):
                return noted.result
        raise Unavailable("a note against spam is changed by others all the time")

    async def forget(self, user: UserId) -> None:
        with translated(self._client):
            await self._client.delete(*(self._keys.spam(f"{kind.name}:{user}") for kind in (SAID, HIT)))

    async def _written(self, name: str, read: bytes | None, noted: Noted[T, R]) -> bool:
        sealed = self._secrets.seal(msgspec.msgpack.encode(noted.value), context=_context(name))
        packed = sealed.key_id.encode() + b":" + sealed.blob
        kept_ms = max(1, milliseconds(noted.seconds))
        return bool(await self._scripts.run("notes", REDIS_TIME, name, read or b"", packed, kept_ms))

    def _opened(self, kind: Kind[T], name: str, read: bytes | None) -> T:
        if read is None:
            return kind.empty
        key_id, _, blob = read.partition(b":")
        try:
            plain = self._secrets.open(Sealed(key_id=key_id.decode("ascii", "replace"), blob=blob), context=_context(name))
            value: T = msgspec.msgpack.decode(plain, type=kind.type)
        except (SettingsError, msgspec.ValidationError, msgspec.DecodeError) as error:
            logger.warning("a note against spam cannot be read and begins anew: %s", type(error).__name__)
            return kind.empty
        return value


def _context(name: str) -> str:
    return f"spam {name}"
