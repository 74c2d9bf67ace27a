"""Who waits and who talks with whom, across all processes. `storage/redis/pool/pool.py` implements it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from domain.matching.requests import Answer, Memory, Request
from domain.model.chat import Chat
from domain.model.ids import ChatId, UserId


class Pool(Protocol):
    """Who waits and who talks with whom, across all processes."""

    async def decide(self, requests: Sequence[Request]) -> Sequence[Answer | Exception]:
        """Each request atomically, in order, in one round trip: the answer to each, or the error that this one ended in. Raises
        `domain.errors.Unavailable` where nothing was answered at all.
        """
        ...

    async def sweep(self, *, pairs: int) -> int:
        """Pair up to `pairs` waiting couples who became compatible since they came; the number paired. Also ends searches
        that waited longer than `matching.timeout_seconds` (event SearchEnded).
        """
        ...

    async def touch(self, chats: Sequence[ChatId]) -> None:
        """Something was said in these chats. A chat never touched is never idle: touch it when it begins."""
        ...

    async def end_idle(self, seconds: float) -> int:
        """End the chats that were silent for so long (events Parted, why IDLE, to both sides); how many."""
        ...

    async def ban(self, user: UserId, until: float) -> None:
        """Unix seconds, infinity for ever, 0 lifts it. Ends the user's search or chat."""
        ...

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None: ...

    async def counts(self) -> PoolCounts: ...


class Reconciliation(Protocol):
    """The pool's side of a comparison with the records. Each call takes some hundreds. Raises `domain.errors.Unavailable`."""

    async def memory(self) -> Memory:
        """RESTARTED or WIPED until `settled` is called."""
        ...

    async def settled(self) -> None:
        """All is as the records say. Nothing where the server was restarted since `memory` was asked."""
        ...

    def chats(self) -> AsyncIterator[Chat]:
        """All that the pool knows."""
        ...

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        """Those of them that the pool does not know."""
        ...

    async def put_back(self, chats: Sequence[Chat]) -> int:
        """The number put back. Who waits is taken from the queue; where a member is in another chat, both get Parted (LOST).
        None where the pool is not the one any more whose memory was looked at.
        """
        ...

    async def end(self, chats: Sequence[ChatId]) -> int:
        """Those that the pool still knows (events Parted, why LOST, to both sides); how many."""
        ...

    async def put_bans_back(self, bans: Sequence[tuple[UserId, float]]) -> set[UserId]:
        """Who still has to be taken from a search or a chat, by `Pool.ban`."""
        ...

    async def put_blocks_back(self, blocks: Sequence[tuple[UserId, UserId]]) -> None: ...


class PoolCounts(Protocol):
    @property
    def waiting(self) -> int: ...

    @property
    def chats(self) -> int: ...

    @property
    def oldest_wait(self) -> float:
        """Seconds; 0 where nobody waits."""
        ...
