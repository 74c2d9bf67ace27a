"""Locks of chats in Redis (domain.ports.locks.LockPool). `lua/lib/locks/` describes what is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from domain.matching.locks import Refusal
from domain.model.ids import Address, BotId, ChatId, LockId, UserId
from domain.model.lock import Lock
from storage.redis.client import Client, translated
from storage.redis.keys import Keys
from storage.redis.pool.decisions import checked_lock
from storage.redis.scripts import REDIS_TIME, Argument, Scripts, in_seconds, milliseconds

ENDED_AT_ONCE = 100


class RedisLockPool:
    """`clock` replaces the server's time, in tests only."""

    def __init__(self, client: Client, keys: Keys, *, clock: Callable[[], float] | None = None) -> None:
        self._client = client
        self._keys = keys
        self._scripts = Scripts(client, keys.tag)
        self._clock = clock

    async def settle(self, locks: Sequence[LockId]) -> dict[LockId, Lock | Refusal]:
        if not locks:
            return {}
        outcomes = await self._scripts.run("pool/settle_locks", self._time(), *map(checked_lock, locks))
        return {lock: read_outcome(lock, outcome) for lock, outcome in zip(locks, outcomes, strict=True)}

    async def end_due(self) -> float | None:
        while True:
            ended, wait = await self._scripts.run("pool/end_locks", self._time(), ENDED_AT_ONCE)
            if ended < ENDED_AT_ONCE:
                return in_seconds(wait) if wait >= 0 else None

    async def in_force(self) -> int:
        with translated(self._client):
            return int(await self._client.zcard(self._keys.lock_ends))

    def _time(self) -> Argument:
        return REDIS_TIME if self._clock is None else milliseconds(self._clock())


def read_outcome(lock: LockId, outcome: bytes) -> Lock | Refusal:
    """`outcome` is as lua/lib/locks/outcome.lua describes it."""
    if outcome.startswith(b"no:"):
        return Refusal(outcome.removeprefix(b"no:").decode())
    chat, owner, bot, since, until, _ = outcome.split(b":")
    return Lock(
        id=lock,
        chat=ChatId(chat.decode()),
        owner=Address(BotId(int(bot)), UserId(int(owner))),
        since=in_seconds(int(since)),
        until=in_seconds(int(until)),
    )


def write_lock(lock: Lock) -> str:
    """As a period in lua/lib/locks/periods.lua."""
    owner = lock.owner
    return f"{checked_lock(lock.id)}:{owner.user}:{owner.bot}:{milliseconds(lock.since)}:{milliseconds(lock.until)}"
