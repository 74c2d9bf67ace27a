"""What ModerationActor works with: the records, the pool, and a way to tell all processes that somebody's profile has changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from domain.model.chat import ChatEnd
from domain.model.ids import ChatId, UserId
from domain.model.separation import Separation
from domain.ports.moderation import Moderation
from domain.ports.pool import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModerationContext:
    moderation: Moderation
    pool: Pool
    put_blocks_back: Callable[[Sequence[Separation]], Awaitable[None]]
    """`domain.ports.pool.Reconciliation.put_blocks_back`."""
    end_chats: Callable[[Sequence[ChatId], ChatEnd], Awaitable[int]]
    """`domain.ports.pool.Reconciliation.end`."""
    profile_changed: Callable[[UserId], None]
    """Tells the sessions of every process to read somebody's profile anew."""
