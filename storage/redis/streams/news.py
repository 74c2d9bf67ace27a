"""What every process has to hear (domain.ports.streams.News): a stream that all read from where they began, and nobody
acknowledges. Who has just started remembers nothing, and needs nothing of what was said before.

What this process announces goes along with its next reading, so that nobody who saves a profile waits for Redis. News may come
late, or never where a process is killed: what is remembered of a profile is forgotten by itself, after a while. News that this
release cannot read may be about anybody: they are as good as lost.
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
"""Read at once."""
START = b"0-0"

_profile = msgspec.json.Decoder(ProfileChanged)
_configuration = msgspec.json.Decoder(ConfigChanged)

logger = logging.getLogger(__name__)


class RedisNews:
    def __init__(self, client: Client, keys: Keys) -> None:
        self._client = client
        self._key = keys.news
        self._scripts = Scripts(client, keys.tag)
        self._heard: bytes | None = None
        self._unsaid: dict[tuple[str, str], None] = {}
        """(type, fields as JSON)."""

    def announce(self, user: UserId) -> None:
        self._unsaid["ProfileChanged", f'{{"user":{user}}}'] = None

    def announce_configuration(self, section: str, version: int) -> None:
        self._unsaid["ConfigChanged", msgspec.json.encode(ConfigChanged(section=section, version=version)).decode()] = None

    async def read(self) -> list[ProfileChanged | ConfigChanged] | None:
        ours = await self.say()
        with translated(self._client):
            if self._heard is None:
                newest: Any = await self._client.xrevrange(self._key, count=1)
                self._heard = newest[0][0] if newest else START
                return []
            oldest: Any = await self._client.xrange(self._key, count=1)
            entries: Any = await self._client.xrange(self._key, f"({self._heard.decode()}", count=AT_MOST)
        missed = self._heard != START and (not oldest or _place(oldest[0][0]) > _place(self._heard))
        self._heard = entries[-1][0] if entries else self._heard
        if missed:
            self._heard = self._heard if oldest else START
            return None
        try:
            return [_decoded(fields, ours=id_ in ours) for id_, fields in entries]
        except UnknownEntryError as error:
            logger.warning("some news cannot be read, so all that is remembered is read anew: %s", error)
            return None

    async def say(self) -> frozenset[bytes]:
        """What was announced; answers its ids. All of it is said again next time where it is not known what became of it."""
        said, self._unsaid = self._unsaid, {}
        try:
            return frozenset(await self._scripts.run_all([Call(script("streams/news"), (REDIS_TIME, *each)) for each in said]))
        except Unavailable:
            self._unsaid = said | self._unsaid
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


def _place(id_: bytes) -> tuple[int, ...]:
    return tuple(map(int, id_.split(b"-")))
