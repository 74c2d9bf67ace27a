"""Whether the server lost its last moment, and how the pool is brought in line with the records again (domain.ports.Repairs).

A server keeps its scripts in memory only: one that does not know `witness.lua` any more was restarted, or another has taken its
place. With `appendonly yes` it came back without what it had not written yet.

No repair is done on a server that was restarted since it was looked at: a script of our own, which each look leaves there, tells.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from itertools import chain

from redis.exceptions import NoScriptError

from domain.configuration import Matching
from domain.values import Chat, ChatId
from storage.keys import Keys
from storage.pool_scripts import write_chat
from storage.redis_client import Client, translated
from storage.scripts import REDIS_TIME, Call, Script, Scripts, made, milliseconds, script

AT_ONCE = 100


class RedisRepairs:
    def __init__(self, client: Client, keys: Keys, rules: Matching) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._recent = milliseconds(rules.recent_minutes * 60)
        self._looked = made("looked", f"return '{secrets.token_hex(8)}'")

    async def needed(self) -> bool:
        if await self._knows(script("witness")):
            return False
        await self._scripts.run_all([Call(self._looked, ())])
        return True

    async def done(self) -> None:
        if await self._knows(self._looked):
            await self._scripts.run("witness")

    async def _knows(self, known: Script) -> bool:
        with translated(self._client):
            try:
                await self._client.evalsha(known.sha, 1, self._keys.tag)
            except NoScriptError:
                return False
        return True

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        unknown: set[ChatId] = set()
        for part in _parts(chats):
            with translated(self._client):
                lines = await self._client.hmget(self._keys.chats, [chat.id for chat in part])
            unknown |= {chat.id for chat, line in zip(part, lines, strict=True) if line is None}
        return unknown

    async def put_back(self, chats: Sequence[Chat]) -> int:
        restored = 0
        for part in _parts(chats):
            lines = chain.from_iterable((chat.id, write_chat(chat)) for chat in part)
            restored += int(await self._scripts.run("mend_live", REDIS_TIME, *lines))
        return restored

    async def end(self, chats: Sequence[ChatId]) -> int:
        ended = 0
        for at in range(0, len(chats), AT_ONCE):
            ended += int(await self._scripts.run("mend_over", REDIS_TIME, self._recent, *chats[at : at + AT_ONCE]))
        return ended


def _parts(chats: Sequence[Chat]) -> list[Sequence[Chat]]:
    return [chats[at : at + AT_ONCE] for at in range(0, len(chats), AT_ONCE)]
