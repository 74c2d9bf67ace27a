"""The pool in Redis, or in this process with `memory://` (domain.ports.pool.Pool)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite
from typing import Any

from domain.configuration import LiveConfiguration
from domain.matching.meeting import Group, queues_of
from domain.matching.requests import Answer, Request
from domain.matching.rules import AHEAD_OF_ALL, BANDS, GENDERS
from domain.model.ids import ChatId, UserId
from domain.status import QueueStatus
from storage.redis.client import Client
from storage.redis.keys import Keys
from storage.redis.pool.decisions import DECISIONS, PoolScript, checked, recent_partners_ms
from storage.redis.pool.sweep import Sweeper
from storage.redis.scripts import REDIS_TIME, Argument, Call, Scripts, in_seconds, milliseconds

IDLE_AT_ONCE = 100
ICE_BREAKER_SHARE = 0.5
"""Of the longest silence: after that a chat is given a question to talk about."""


@dataclass(frozen=True, slots=True)
class Counts:
    waiting: int
    chats: int
    oldest_wait: float
    """Seconds."""
    swept: float | None = None
    """Seconds since the last sweep; None where there was none."""
    queues: Sequence[QueueStatus] = ()


def _group(row: Sequence[Any]) -> Group:
    """Of scope; gender and age band as in a bucket's name; how many wait; how many of them are VIPs; the longest wait in ms; and
    how many wish people of each gender and age band.
    """
    scope, group, waiting, vips, oldest, *wished = row
    return Group(
        scope=scope.decode(),
        gender=GENDERS[int(group[0:1])],
        band=BANDS[int(group[1:2])],
        waiting=waiting,
        vips=vips,
        oldest=in_seconds(oldest),
        wished=dict(zip(product(GENDERS, BANDS), wished, strict=True)),
    )


def random_chat_id() -> ChatId:
    return ChatId(secrets.token_urlsafe(12))


class RedisPool:
    """`clock` replaces the server's time, in tests only. `new_chat` makes ids for chats that sweeps begin. `decisions` says which
    script decides each kind of request.
    """

    def __init__(
        self,
        client: Client,
        keys: Keys,
        live: LiveConfiguration,
        *,
        clock: Callable[[], float] | None = None,
        new_chat: Callable[[], ChatId] = random_chat_id,
        decisions: Mapping[type[Request], PoolScript] = DECISIONS,
    ) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._clock = clock
        self._live = live
        self._decisions = decisions
        self._sweeper = Sweeper(self._scripts, live, new_chat)

    async def decide(self, requests: Sequence[Request]) -> list[Answer | Exception]:
        time = self._time()
        calls = [self._call_or_error(request, time) for request in requests]
        replies = iter(await self._scripts.outcomes([call for call in calls if isinstance(call, Call)]))
        return [
            self._outcome(request, next(replies)) if isinstance(call, Call) else call
            for request, call in zip(requests, calls, strict=True)
        ]

    async def sweep(self, *, pairs: int) -> int:
        time = self._time()
        paired = await self._sweeper.sweep(time, pairs)
        await self._scripts.run("pool/swept", time)
        return paired

    async def touch(self, chats: Sequence[ChatId]) -> None:
        if chats:
            await self._scripts.run("pool/touch", self._time(), *map(checked, chats))

    async def end_idle(self, seconds: float) -> int:
        silence, question = milliseconds(seconds), milliseconds(seconds * ICE_BREAKER_SHARE)
        ended = 0
        while done := int(await self._scripts.run("pool/idle", self._time(), silence, self._recent_ms, IDLE_AT_ONCE, question)):
            ended += done
        return ended

    async def ban(self, user: UserId, until: float) -> None:
        until_ms = milliseconds(until) if isfinite(until) else "inf"
        await self._scripts.run("pool/ban", self._time(), user, until_ms, self._recent_ms)

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        await self._scripts.run("pool/block", self._time(), user, other, int(blocked))

    async def waiting(self) -> dict[str, int]:
        counted = await self._scripts.run("pool/waiting", self._time())
        return {partition.decode(): number for partition, number in counted}

    async def counts(self) -> Counts:
        answer = await self._scripts.run("pool/counts", self._time(), milliseconds(AHEAD_OF_ALL))
        waiting, chats, longest, swept, rows = answer
        queues = queues_of([*map(_group, rows)], self._live.current.matching)
        return Counts(waiting, chats, in_seconds(longest), in_seconds(swept) if swept >= 0 else None, queues)

    @property
    def _recent_ms(self) -> int:
        return recent_partners_ms(self._live.current.matching)

    def _time(self) -> Argument:
        return REDIS_TIME if self._clock is None else milliseconds(self._clock())

    def _call_or_error(self, request: Request, time: Argument) -> Call | Exception:
        decision = self._decisions[type(request)]
        try:
            return Call(decision.script, (time, *decision.arguments(request, self._live.current.matching)))
        except ValueError as error:
            return error

    def _outcome(self, request: Request, reply: bytes | Exception) -> Answer | Exception:
        if isinstance(reply, Exception):
            return reply
        try:
            return self._decisions[type(request)].read(reply)
        except ValueError as error:
            return error
