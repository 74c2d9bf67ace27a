"""Finds out what the server has lost, and puts it back from the records (domain.ports.pool.Reconciliation).

A server that has lost everything has no key `generation`. A server keeps its scripts in memory only, so one that does not know
`lua/pool/restart_sentinel.lua` was restarted, or a replica has taken its place. It may have lost its last moment.

`memory` loads another script, which only this process knows. Where that script is missing at the end of a reconciliation, the
server was restarted meanwhile, and `settled` does not load the sentinel.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from itertools import chain
from math import isfinite
from typing import Any, cast

from redis.exceptions import NoScriptError

from domain.configuration import LiveConfiguration
from domain.matching.requests import Memory
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import ChatId, UserId
from domain.model.lock import Lock
from domain.model.separation import Apart, Separation
from storage.redis.client import Client, text_of, translated
from storage.redis.keys import Keys
from storage.redis.pool.decisions import checked, read_chat, write_chat
from storage.redis.pool.locks import write_lock
from storage.redis.scripts import REDIS_TIME, Argument, Call, Script, Scripts, made, milliseconds, script

PAGE = 500
"""Fields of one step of a scan, about."""

Scanned = tuple[int, dict[bytes, bytes]]


class RedisReconciliation:
    def __init__(self, client: Client, keys: Keys, live: LiveConfiguration) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._live = live
        self._probe = made("probe", f"return '{secrets.token_hex(8)}'")
        self._generation = ""
        """The pool's generation when `memory` was called; empty where it had none."""

    async def memory(self) -> Memory:
        with translated(self._client):
            generation: Any = await self._client.get(self._keys.generation)
        self._generation = text_of(generation) if generation else ""
        if self._generation and await self._knows(script("pool/restart_sentinel")):
            return Memory.INTACT
        await self._scripts.run_all([Call(self._probe, ())])
        return Memory.RESTARTED if self._generation else Memory.WIPED

    async def settled(self) -> None:
        if not await self._knows(self._probe):
            return
        if not self._generation:
            self._generation = secrets.token_hex(8)
            with translated(self._client):
                await self._client.set(self._keys.generation, self._generation, nx=True)
        await self._scripts.run("pool/restart_sentinel")

    async def _knows(self, known: Script) -> bool:
        with translated(self._client):
            try:
                await self._client.evalsha(known.sha, 1, self._keys.tag)
            except NoScriptError:
                return False
        return True

    async def chats(self) -> AsyncIterator[Chat]:
        """A chat that begins or ends during the scan may be missing, and one may come twice."""
        async for lines in self._pages(self._keys.chats):
            for chat, line in lines.items():
                yield read_chat(chat, line)

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        if not chats:
            return set()
        with translated(self._client):
            lines = await self._client.hmget(self._keys.chats, [chat.id for chat in chats])
        return {chat.id for chat, line in zip(chats, lines, strict=True) if line is None}

    async def put_back(self, chats: Sequence[Chat]) -> int:
        lines = chain.from_iterable((checked(chat.id), write_chat(chat)) for chat in chats)
        return max(0, int(await self._scripts.run("pool/put_chats_back", REDIS_TIME, self._generation, *lines)))

    async def end(self, chats: Sequence[ChatId], why: ChatEnd = ChatEnd.LOST) -> int:
        recent = milliseconds(self._live.current.matching.recent_minutes * 60)
        return int(await self._scripts.run("pool/end_chats", REDIS_TIME, recent, why, *chats))

    async def put_bans_back(self, bans: Sequence[tuple[UserId, float]]) -> set[UserId]:
        lines: list[Argument] = []
        for user, until in bans:
            lines += user, milliseconds(until) if isfinite(until) else "inf"
        return {UserId(int(user)) for user in await self._scripts.run("pool/put_bans_back", REDIS_TIME, *lines)}

    async def put_blocks_back(self, blocks: Sequence[Separation]) -> None:
        await self._scripts.run_all(
            [Call(script("pool/block"), (REDIS_TIME, each.user, each.other, _HOW[each.why])) for each in blocks]
        )

    async def put_locks_back(self, locks: Sequence[Lock]) -> int:
        in_order = sorted(locks, key=lambda lock: lock.until)
        lines = chain.from_iterable((checked(lock.chat), write_lock(lock)) for lock in in_order)
        return int(await self._scripts.run("pool/put_locks_back", REDIS_TIME, *lines))

    async def drop_stray_locks(self) -> int:
        return sum([await self._drop_stray_of(page) async for page in self._pages(self._keys.locks)])

    async def _drop_stray_of(self, locked: Mapping[bytes, bytes]) -> int:
        """`locked`: chat → its locks. Most often all of these chats live."""
        if not locked:
            return 0
        with translated(self._client):
            lines = await self._client.hmget(self._keys.chats, list(locked))
        stray = [chat for chat, line in zip(locked, lines, strict=True) if line is None]
        return int(await self._scripts.run("pool/stray_locks", REDIS_TIME, *stray)) if stray else 0

    async def _pages(self, key: str) -> AsyncIterator[Mapping[bytes, bytes]]:
        """The fields of a hash. One that is written or deleted during the scan may be missing, and one may come twice."""
        cursor = 0
        while True:
            with translated(self._client):
                cursor, page = cast("Scanned", await self._client.hscan(key, cursor, count=PAGE))
            yield page
            if not cursor:
                return


_HOW = {Apart.BLOCK: "1", Apart.REPORT: "report"}
"""The argument of `lua/pool/block.lua`."""
