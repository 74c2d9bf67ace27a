"""The roster of workers (domain.ports.cluster.Roster). Each worker has an entry that expires, and renews it by its heartbeat."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from domain.cluster.allocation import Member, RosterSnapshot
from domain.model.ids import BotId
from storage.redis.client import Client, text_of, translated
from storage.redis.keys import Keys
from storage.redis.scripts import REDIS_TIME, Scripts, in_seconds, milliseconds

logger = logging.getLogger(__name__)


class RedisRoster:
    def __init__(self, client: Client, keys: Keys, *, seconds: float) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._ttl_ms = milliseconds(seconds)

    async def beat(self, member: Member) -> RosterSnapshot:
        entry = msgspec.json.encode(member)
        known, entries, holders = await self._scripts.run("cluster/roster", REDIS_TIME, member.owner, entry, self._ttl_ms)
        pairs = zip(holders[::2], holders[1::2], strict=True)
        return RosterSnapshot(
            members=_members(entries),
            holders={BotId(int(bot)): text_of(owner) for bot, owner in pairs},
            known=bool(known),
        )

    async def owners(self) -> set[str]:
        """All owners in the roster, also some whose entry has expired lately."""
        with translated(self._client):
            members = self._client.smembers(self._keys.workers)
            return {text_of(owner) for owner in await members}

    async def leave(self, owner: str) -> None:
        with translated(self._client):
            await self._client.delete(self._keys.worker(owner))
            await self._client.srem(self._keys.workers, owner)


def _members(entries: Sequence[bytes]) -> tuple[Member, ...]:
    members = []
    for age_ms, entry in zip(entries[::2], entries[1::2], strict=True):
        try:
            member = msgspec.json.decode(entry, type=Member)
        except msgspec.MsgspecError as error:
            logger.warning("an entry in the roster cannot be read (%s); that worker is not counted", error)
        else:
            members.append(replace(member, seen=in_seconds(int(age_ms))))
    return tuple(members)
