"""The pool of waiting and talking users in Redis, or in this process with `memory://` (domain.ports.Pool)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite

from domain.configuration import Matching
from domain.matching import AHEAD_OF_ALL
from domain.pool import Answer, Request
from domain.values import Chat, ChatId, UserId
from storage.keys import Keys
from storage.pool_scripts import DECISIONS, PoolScript, checked, recents, write_chat
from storage.redis_client import Client, translated
from storage.scripts import REDIS_TIME, Argument, Call, Scripts, milliseconds
from storage.sweep import Sweeper

RESTORED_AT_ONCE = 100
IDLE_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    chats: int
    oldest_wait: float


def random_chat_id() -> ChatId:
    return ChatId(secrets.token_urlsafe(12))


class RedisPool:
    """`clock` stands in for the server's own time, in tests only. `new_chat` names the chats that sweeps make. `decisions` says
    how each kind of request is decided.
    """

    def __init__(
        self,
        client: Client,
        keys: Keys,
        rules: Matching,
        *,
        clock: Callable[[], float] | None = None,
        new_chat: Callable[[], ChatId] = random_chat_id,
        decisions: Mapping[type[Request], PoolScript] = DECISIONS,
    ) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._clock = clock
        self._rules = rules
        self._decisions = decisions
        self._recent = recents(rules)
        self._sweeper = Sweeper(self._scripts, rules, new_chat)

    async def decide(self, requests: Sequence[Request]) -> list[Answer]:
        time = self._time()
        ways = [self._decisions[type(request)] for request in requests]
        calls = [
            Call(way.script, (time, *way.arguments(request, self._rules))) for way, request in zip(ways, requests, strict=True)
        ]
        replies = await self._scripts.run_all(calls)
        return [way.read(reply) for way, reply in zip(ways, replies, strict=True)]

    async def sweep(self, *, pairs: int) -> int:
        time = self._time()
        paired = await self._sweeper.pair(time, pairs)
        await self._sweeper.expire(time)
        return paired

    async def touch(self, chats: Sequence[ChatId]) -> None:
        if chats:
            await self._scripts.run("touch", self._time(), *map(checked, chats))

    async def end_idle(self, seconds: float) -> int:
        ended = 0
        while done := int(await self._scripts.run("idle", self._time(), milliseconds(seconds), self._recent, IDLE_AT_ONCE)):
            ended += done
        return ended

    async def ban(self, user: UserId, until: float) -> None:
        moment = milliseconds(until) if isfinite(until) else "inf"
        await self._scripts.run("ban", self._time(), user, moment, self._recent)

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        await self._scripts.run("block", self._time(), user, other, int(blocked))

    async def counts(self) -> Counts:
        waiting, chats, longest = await self._scripts.run("counts", self._time(), milliseconds(AHEAD_OF_ALL))
        return Counts(waiting, chats, longest / 1000)

    async def restore(self, chats: Iterable[Chat]) -> int:
        """Nothing is done, and 0 returned, where the pool is intact or another process restores it. Where a chat is left
        because a member stands elsewhere, both members get the event Parted(why=LOST).
        """
        ticket = secrets.token_hex(8)
        lines = [(checked(chat.id), write_chat(chat)) for chat in chats]
        restored = 0
        for at in range(0, max(len(lines), 1), RESTORED_AT_ONCE):
            part = lines[at : at + RESTORED_AT_ONCE]
            last = int(at + RESTORED_AT_ONCE >= len(lines))
            done = int(await self._scripts.run("restore", self._time(), ticket, last, *chain.from_iterable(part)))
            if done < 0:
                break
            restored += done
        return restored

    async def intact(self) -> bool:
        with translated(self._client):
            return bool(await self._client.exists(self._keys.generation))

    def _time(self) -> Argument:
        return REDIS_TIME if self._clock is None else milliseconds(self._clock())
