"""Finds out what the server has lost, and puts it back from the records (domain.ports.pool.Reconciliation).

A server that has lost everything has no key `generation`. A server keeps its scripts in memory only, so one that does not know
`lua/pool/restart_sentinel.lua` was restarted, or a replica has taken its place. It may have lost its last moment.

`memory` loads another script, which only this process knows. Where that script is missing at the end of a reconciliation, the
server was restarted meanwhile, and `settled` does not load the sentinel.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from itertools import chain
from math import isfinite
from typing import Any, cast

from redis.exceptions import NoScriptError

from domain.configuration import LiveConfiguration
from domain.matching.requests import Memory
from domain.model.chat import Chat
from domain.model.ids import ChatId, UserId
from domain.model.separation import Apart, Separation
from storage.redis.client import Client, text_of, translated
from storage.redis.keys import Keys
from storage.redis.pool.decisions import checked, read_chat, write_chat
from storage.redis.scripts import REDIS_TIME, Argument, Call, Script, Scripts, made, milliseconds, script

PAGE = 500
"""Chats of one step of a scan, about."""

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
        cursor = 0
        while True:
            with translated(self._client):
                cursor, lines = cast("Scanned", await self._client.hscan(self._keys.chats, cursor, count=PAGE))
            for chat, line in lines.items():
                yield read_chat(chat, line)
            if not cursor:
                return

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        if not chats:
            return set()
        with translated(self._client):
            lines = await self._client.hmget(self._keys.chats, [chat.id for chat in chats])
        return {chat.id for chat, line in zip(chats, lines, strict=True) if line is None}

    async def put_back(self, chats: Sequence[Chat]) -> int:
        lines = chain.from_iterable((checked(chat.id), write_chat(chat)) for chat in chats)
        return max(0, int(await self._scripts.run("pool/put_chats_back", REDIS_TIME, self._generation, *lines)))

    async def end(self, chats: Sequence[ChatId]) -> int:
        return int(
            await self._scripts.run(
                "pool/end_chats", REDIS_TIME, milliseconds(self._live.current.matching.recent_minutes * 60), *chats
            )
        )

    async def put_bans_back(self, bans: Sequence[tuple[UserId, float]]) -> set[UserId]:
        lines: list[Argument] = []
        for user, until in bans:
            lines += user, milliseconds(until) if isfinite(until) else "inf"
        return {UserId(int(user)) for user in await self._scripts.run("pool/put_bans_back", REDIS_TIME, *lines)}

    async def put_blocks_back(self, blocks: Sequence[Separation]) -> None:
        await self._scripts.run_all(
            [Call(script("pool/block"), (REDIS_TIME, each.user, each.other, _HOW[each.why])) for each in blocks]
        )


_HOW = {Apart.BLOCK: "1", Apart.REPORT: "report"}
"""The argument of `lua/pool/block.lua`."""
