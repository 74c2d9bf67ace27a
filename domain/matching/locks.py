"""The request to the pool that locks a chat.

**What a lock forbids.** Only the owner's partner, and only to stop the chat or to go on to the next one: `Leave.by_choice`, and
`Find` with `leaving`. These are answered `LockedIn`. Whoever reports or blocks somebody is out of the chat in one step, lock or
not. So is whoever is banned, has their data deleted, blocks the bot or is gone, and an idle chat ends.

**Whose.** Each member may lock the chat. Both locks hold beside each other, and neither binds its owner.

**Once.** The pool remembers the ids of locks for `REMEMBERED_SECONDS` after their end.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.matching.requests import Decision, Standing
from domain.model.ids import Address, ChatId, LockId

REMEMBERED_SECONDS = 7 * 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LockChat(Decision):
    """Lock the chat for `seconds`, from now on or from the end of the asker's present lock of it. The answer is `Locked` or
    `NotLocked`. Both members are told by the event `ChatLocked`, in the same step. A lock that was decided before gets the same
    answer again, also after its end, and nothing changes: the lock's id makes the request idempotent, the mark does not.
    """

    lock: LockId
    address: Address
    """The owner's."""
    chat: ChatId
    seconds: float
    longest: float
    """Seconds from now for which the asker's lock may stand after this."""
    unmarked: bool = True

    @property
    def asker(self) -> Address:
        return self.address


class Refusal(StrEnum):
    """Why a chat was not locked. Such a lock will never be set."""

    OVER = "over"
    """It is not the asker's chat, or no longer."""
    TOO_LONG = "too_long"
    """The asker's lock would stand for more than `LockChat.longest`."""
    VOID = "void"
    """The pool has said before that this lock was not set (`domain.ports.locks.LockPool.settle`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked(Standing):
    """The lock is set."""

    since: float
    """Unix seconds by the pool's clock, as in `domain.model.lock.Lock`."""
    until: float
    extended: bool
    """Whether it goes on from an earlier lock of the same owner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLocked(Standing):
    why: Refusal
