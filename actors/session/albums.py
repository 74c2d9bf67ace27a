"""The album that a user is sending: its parts, until it is known that there are no more."""

from __future__ import annotations

from typing import Any

from actors.runtime.timers import Timer
from domain.model.albums import LARGEST, gathered
from domain.model.inbound import MessageReceived


class Gathering:
    __slots__ = ("_parts", "_timer")

    def __init__(self) -> None:
        self._parts: list[MessageReceived] = []
        self._timer: Timer[Any] | None = None

    def __len__(self) -> int:
        return len(self._parts)

    @property
    def full(self) -> bool:
        return len(self._parts) >= LARGEST

    def continues(self, update: Any) -> bool:
        """Whether it is a part of the album that is being sent."""
        return isinstance(update, MessageReceived) and bool(self._parts) and update.album == self._parts[0].album

    def add(self, part: MessageReceived, timer: Timer[Any]) -> None:
        """`timer` ends the wait for the next part."""
        self._rest()
        self._parts.append(part)
        self._timer = timer

    def take(self) -> MessageReceived:
        """The album as one message; nothing is left."""
        self._rest()
        parts, self._parts = self._parts, []
        return gathered(parts)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
