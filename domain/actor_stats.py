"""What the actor runtime tells of its actors. It is a part of each status (domain/status.py)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorStats:
    """Sums over all actors of one class in one process, since its start."""

    name: str
    alive: int = 0
    started: int = 0
    handled: int = 0
    failed: int = 0
    restarted: int = 0
    queued: int = 0
    """Messages in their mailboxes now."""
    deepest: int = 0
    """Messages in the fullest mailbox now."""
    slow: int = 0
    """Handlers that took longer than `actors.slow_handler_seconds`."""
    dropped: int = 0
    """Ephemeral messages that were dropped because a mailbox was full."""
    limit: int = 0
    """How many messages one mailbox may hold; 0 while none runs."""
    last_error: str = ""
    """The type of the last failure, and at what."""
    last_error_at: float = 0.0
    """Unix seconds; 0 for never."""
