"""What was said and has not arrived yet, so that an edit or a reply can come after what it is about."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections.abc import Iterable
from typing import NamedTuple

from domain.model.ids import MessageId
from domain.model.outgoing import NotSent, Outcome


class InFlight(NamedTuple):
    outcome: Future[Outcome] | Future[None]
    brings_file: bool
    """Nobody knows when it arrives, and texts do not wait for it."""


class RemoteInFlight:
    """Messages given to the stream of another process that are not back as `DeliveryReceipt`."""

    __slots__ = ("_messages",)

    def __init__(self) -> None:
        self._messages: dict[MessageId, InFlight] = {}

    def sent(self, messages: Iterable[MessageId], *, brings_file: bool, limit: int) -> None:
        """Of more than `limit` the oldest are forgotten: whoever waits for them waits no longer."""
        under_way = InFlight(asyncio.get_running_loop().create_future(), brings_file)
        self._messages |= dict.fromkeys(messages, under_way)
        while len(self._messages) > limit:
            self.back(next(iter(self._messages)))

    def __contains__(self, message: MessageId) -> bool:
        return message in self._messages

    def get(self, message: MessageId, patience: float) -> InFlight | None:
        """Given up after `patience` seconds, for a process may stay away for long."""
        under_way = self._messages.get(message)
        if under_way is not None:
            under_way.outcome.get_loop().call_later(patience, self._give_up, message, under_way)
        return under_way

    def back(self, message: MessageId, outcome: NotSent | None = None) -> tuple[MessageId, ...]:
        """With all that went with it: these messages."""
        under_way = self._messages.get(message)
        together = tuple(each for each, other in self._messages.items() if other is under_way)
        if under_way is not None:
            self._messages = {each: other for each, other in self._messages.items() if other is not under_way}
            under_way.outcome.set_result(outcome)  # type: ignore[arg-type]  # made by `sent`, as a future of this
        return together

    def clear(self) -> None:
        while self._messages:
            self.back(next(iter(self._messages)))

    def _give_up(self, message: MessageId, under_way: InFlight) -> None:
        if self._messages.get(message) is under_way:
            self.back(message)
