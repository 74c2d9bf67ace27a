"""A lock of a chat: while it holds, the owner's partner can neither stop the chat nor go on to the next one."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.ids import Address, ChatId, LockId

MINUTE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """One paid period. A lock on a chat that its owner has locked already begins where the last one ends."""

    id: LockId
    chat: ChatId
    owner: Address
    """Where the owner chats."""
    since: float
    """Unix seconds by the clock of Redis. In the future for a lock that waits for an earlier one of the same owner to end."""
    until: float

    def left(self, at: float) -> float:
        """Seconds that are unused at that time."""
        return max(0.0, self.until - max(self.since, at))

    def unused_minutes(self, at: float) -> int:
        """Whole ones."""
        return int(self.left(at) // MINUTE)
