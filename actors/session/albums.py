"""The album that a user is sending: its parts, until it is known that there are no more."""

from __future__ import annotations

from typing import TypeGuard

from actors.messages import SessionMessage
from actors.runtime.timers import Timer
from domain.model.albums import LARGEST, gathered
from domain.model.ids import MessageId
from domain.model.inbound import FromPerson, MessageReceived


def is_part(update: FromPerson) -> TypeGuard[MessageReceived]:
    """Not so a whole album, which tells the places of its parts."""
    return isinstance(update, MessageReceived) and bool(update.album) and not update.places


class Gathering:
    """Made with the first part, and given up when the album is taken."""

    __slots__ = ("_parts", "_timer")

    def __init__(self) -> None:
        self._parts: list[MessageReceived] = []
        self._timer: Timer[SessionMessage] | None = None

    def __len__(self) -> int:
        return len(self._parts)

    @property
    def full(self) -> bool:
        return len(self._parts) >= LARGEST

    def continues(self, update: FromPerson) -> bool:
        """Whether it is a part of the album that is being sent."""
        return isinstance(update, MessageReceived) and not update.places and update.album == self._parts[0].album

    def has(self, message: MessageId) -> bool:
        return any(part.message == message for part in self._parts)

    def add(self, part: MessageReceived, timer: Timer[SessionMessage]) -> None:
        """`timer` ends the wait for the next part."""
        self._rest()
        self._parts.append(part)
        self._timer = timer

    def take(self) -> MessageReceived:
        """The album as one message."""
        self._rest()
        return gathered(self._parts)

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
