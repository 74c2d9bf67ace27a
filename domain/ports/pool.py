"""The pool: who waits and who chats with whom, for all processes. `storage/redis/pool/` implements it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from domain.matching.requests import Answer, Memory, Request
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import ChatId, UserId
from domain.model.lock import Lock
from domain.model.separation import Separation
from domain.status import QueueStatus


class Pool(Protocol):
    """Each method raises `domain.errors.Unavailable`."""

    async def decide(self, requests: Sequence[Request]) -> Sequence[Answer | Exception]:
        """Decide each request atomically, in order, in one round trip: its answer, or its error. Raises
        `domain.errors.Unavailable` where the pool did not answer at all.
        """
        ...

    async def sweep(self, *, pairs: int) -> int:
        """Pair up to `pairs` couples who wait and may meet by now; how many. Also ends searches older than
        `matching.timeout_seconds` (event SearchEnded).
        """
        ...

    async def touch(self, chats: Sequence[ChatId]) -> None:
        """Note that something was said in these chats."""
        ...

    async def end_idle(self, seconds: float) -> int:
        """End the chats in which nothing was said for so long (event ChatEnded, why IDLE, to both members); how many. After half
        of that time each chat gets a question to talk about, once in each silence (event TopicGiven to both members).
        """
        ...

    async def ban(self, user: UserId, until: float) -> None:
        """Ban until a time in Unix seconds: infinity for ever, 0 lifts the ban. Ends the user's search or chat."""
        ...

    async def block(self, user: UserId, other: UserId, *, blocked: bool = True) -> None:
        """`user` blocks `other`, or lifts the block."""
        ...

    async def waiting(self) -> Mapping[str, int]:
        """How many wait in each partition (`domain.matching.rules.partition_of`). Costs by buckets, not by people."""
        ...

    async def counts(self) -> PoolCounts: ...


class Reconciliation(Protocol):
    """What the reconciler needs of the pool, to compare it with the records. Lists have some hundred items at most. Raises
    `domain.errors.Unavailable`.
    """

    async def memory(self) -> Memory:
        """Whether the server has lost anything: RESTARTED or WIPED until `settled` is called."""
        ...

    async def settled(self) -> None:
        """The pool is as the records say. Does nothing where the server was restarted since `memory` was called."""
        ...

    def chats(self) -> AsyncIterator[Chat]:
        """All live chats of the pool."""
        ...

    async def unknown(self, chats: Sequence[Chat]) -> set[ChatId]:
        """Those of `chats` that the pool does not know."""
        ...

    async def put_back(self, chats: Sequence[Chat]) -> int:
        """Put chats back; how many. Their members' searches end. Where a member is in another chat or banned, the chat is lost
        instead (event ChatEnded, why LOST, to both members). Puts none back where the server has lost its memory since `memory`.
        """
        ...

    async def end(self, chats: Sequence[ChatId], why: ChatEnd = ChatEnd.LOST) -> int:
        """End those that the pool still knows, locked or not (event ChatEnded to both members); how many."""
        ...

    async def put_bans_back(self, bans: Sequence[tuple[UserId, float]]) -> set[UserId]:
        """Put bans back. Users who search or chat are returned instead: `Pool.ban` has to end that."""
        ...

    async def put_blocks_back(self, blocks: Sequence[Separation]) -> None:
        """Those by reports too."""
        ...

    async def put_locks_back(self, locks: Sequence[Lock]) -> int:
        """Put locks of live chats back that the pool does not know; how many. To be called after the chats are put back. A lock
        of no live chat is left out: it ended with its chat.
        """
        ...

    async def drop_stray_locks(self) -> int:
        """Drop locks of chats that are over (event LockBroken, why LOST); how many. A worker of a release that knows no locks
        leaves some where it ends a chat.
        """
        ...


class PoolCounts(Protocol):
    @property
    def waiting(self) -> int: ...

    @property
    def chats(self) -> int: ...

    @property
    def oldest_wait(self) -> float:
        """Seconds; 0 where nobody waits."""
        ...

    @property
    def swept(self) -> float | None:
        """Seconds since the last sweep of any process; None where there was none."""
        ...

    @property
    def queues(self) -> Sequence[QueueStatus]:
        """By scope, gender and age band; those in which nobody waits are left out."""
        ...
