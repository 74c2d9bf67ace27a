"""What was said and has not arrived yet, so that an edit or a reply can come after what it is about."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Iterable
from typing import Any, NamedTuple

from domain.configuration import LiveConfiguration
from domain.model.ids import MessageId


class InFlight(NamedTuple):
    outcome: Future[Any]
    brings_file: bool
    """Nobody knows when it arrives, and texts do not wait for it."""


class RemoteInFlight:
    """Messages given to the stream of another process that are not back as `DeliveryReceipt`. Of more than
    `chat.mapped_messages` the oldest are
    forgotten: whoever waits for them waits no longer.
    """

    __slots__ = ("_live", "_messages")

    def __init__(self, live: LiveConfiguration) -> None:
        self._live = live
        self._messages: dict[MessageId, InFlight] = {}

    def sent(self, messages: Iterable[MessageId], *, brings_file: bool) -> None:
        under_way = InFlight(asyncio.get_running_loop().create_future(), brings_file)
        self._messages |= dict.fromkeys(messages, under_way)
        while len(self._messages) > self._live.current.chat.mapped_messages:
            self.back(next(iter(self._messages)))

    def __contains__(self, message: MessageId) -> bool:
        return message in self._messages

    def get(self, message: MessageId, patience: float) -> InFlight | None:
        """Given up after `patience` seconds, for a process may stay away for long."""
        under_way = self._messages.get(message)
        if under_way is not None:
            under_way.outcome.get_loop().call_later(patience, self._give_up, message, under_way)
        return under_way

    def back(self, message: MessageId, outcome: Any = None) -> None:
        """With all that went with it."""
        under_way = self._messages.get(message)
        if under_way is not None:
            self._messages = {each: other for each, other in self._messages.items() if other is not under_way}
            under_way.outcome.set_result(outcome)

    def clear(self) -> None:
        while self._messages:
            self.back(next(iter(self._messages)))

    def _give_up(self, message: MessageId, under_way: InFlight) -> None:
        if self._messages.get(message) is under_way:
            self.back(message)
