"""Timers of an actor. A timer puts a message into its actor's mailbox, and nothing else. It ends with the actor."""

from __future__ import annotations

from asyncio import AbstractEventLoop, Handle
from collections.abc import Callable
from typing import Generic, TypeVar

M = TypeVar("M")


class Timer(Generic[M]):
    """Fires once, or every `period` seconds by the loop's clock, without drift. Times that passed while the loop was blocked are
    skipped.
    """

    __slots__ = ("_deliver", "_due", "_handle", "_loop", "_owner", "_period", "message")

    def __init__(
        self,
        loop: AbstractEventLoop,
        owner: set[Timer[M]],
        message: M,
        deliver: Callable[[Timer[M]], None],
        *,
        seconds: float,
        period: float | None = None,
    ) -> None:
        self.message = message
        self._loop = loop
        self._owner = owner
        self._deliver = deliver
        self._period = period
        self._due = loop.time() + seconds
        """Loop time. Kept here because uvloop's handle of a call that is due now does not tell it."""
        self._handle: Handle | None = loop.call_later(seconds, self._fire)
        owner.add(self)

    @property
    def active(self) -> bool:
        return self._handle is not None

    @property
    def periodic(self) -> bool:
        return self._period is not None

    def cancel(self) -> None:
        """Idempotent. A message that is already in the mailbox stays there."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
            self._owner.discard(self)

    def _fire(self) -> None:
        if self._handle is None:
            return
        if self._period is None:
            self.cancel()
        else:
            self._due = max(self._due + self._period, self._loop.time())
            self._handle = self._loop.call_at(self._due, self._fire)
        self._deliver(self)
