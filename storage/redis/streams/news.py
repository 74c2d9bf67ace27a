"""News for every process (domain.ports.streams.News): a stream that each process reads from its own start on.

Nobody acknowledges. A process that has just started has cached nothing, so it needs no older news.

What this process announces is sent with its next `read`, so that saving a profile does not wait for Redis. News may come late, or
never where a process is killed: cached profiles expire by themselves. News that this release cannot read may be about anybody, so
they count as missed.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import msgspec

from domain.errors import Unavailable
from domain.model.events import ConfigChanged, ProfileChanged
from domain.model.ids import UserId
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Call, Scripts, script
from storage.redis.streams.event_codec import VERSION, UnknownEntryError

AT_MOST = 500
"""Entries of one read."""
START = b"0-0"

_profile = msgspec.json.Decoder(ProfileChanged)
_configuration = msgspec.json.Decoder(ConfigChanged)

logger = logging.getLogger(__name__)


class RedisNews:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._key = keys.news
        self._scripts = Scripts(client, keys.tag)
        self._cursor: bytes | None = None
        self._unsent: dict[tuple[str, str], None] = {}
        """(type, fields as JSON). A dict keeps the order and holds each once."""

    def announce(self, user: UserId) -> None:
        self._unsent["ProfileChanged", f'{{"user":{user}}}'] = None

    def announce_configuration(self, section: str, version: int) -> None:
        self._unsent["ConfigChanged", msgspec.json.encode(ConfigChanged(section=section, version=version)).decode()] = None

    async def read(self) -> list[ProfileChanged | ConfigChanged] | None:
        own = await self.send()
        with translated(self._client):
            if self._cursor is None:
                newest: Any = await self._client.xrevrange(self._key, count=1)
                self._cursor = newest[0][0] if newest else START
                return []
            oldest: Any = await self._client.xrange(self._key, count=1)
            entries: Any = await self._client.xrange(self._key, f"({self._cursor.decode()}", count=AT_MOST)
        missed = self._cursor != START and (not oldest or _id_key(oldest[0][0]) > _id_key(self._cursor))
        self._cursor = entries[-1][0] if entries else self._cursor
        if missed:
            self._cursor = self._cursor if oldest else START
            return None
        try:
            return [_decoded(fields, ours=id_ in own) for id_, fields in entries]
        except UnknownEntryError as error:
            logger.warning("some news cannot be read, so everything cached is forgotten: %s", error)
            return None

    async def send(self) -> frozenset[bytes]:
        """Send what was announced; the ids of its entries. All of it is sent again next time where the answer is lost."""
        announced, self._unsent = self._unsent, {}
        try:
            return frozenset(
                await self._scripts.run_all([Call(script("streams/news"), (REDIS_TIME, *each)) for each in announced])
            )
        except Unavailable:
            self._unsent = announced | self._unsent
            raise


def _decoded(fields: dict[bytes, bytes], *, ours: bool) -> ProfileChanged | ConfigChanged:
    version, name, data = fields.get(b"v"), fields.get(b"t"), fields.get(b"d", b"")
    try:
        match version, name:
            case (known, b"ProfileChanged") if known == VERSION:
                return replace(_profile.decode(data), ours=ours)
            case (known, b"ConfigChanged") if known == VERSION:
                return _configuration.decode(data)
    except msgspec.MsgspecError as error:
        raise UnknownEntryError(f"{(name or b'').decode()}: {error}") from error
    raise UnknownEntryError(f"version {version!r}, type {name!r}")


def _id_key(id_: bytes) -> tuple[int, ...]:
    return tuple(map(int, id_.split(b"-")))
