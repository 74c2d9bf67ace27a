"""A search as its session watches it: how long it has lasted here, and the message that tells of it."""

from __future__ import annotations

from asyncio import Future
from typing import Any

from actors.runtime.timers import Timer
from domain.model.ids import MessageId, UserId
from domain.model.outgoing import Edit, Lane, Notice, Outgoing, Send, Sent


class SearchWatch:
    """*Invariant*: one progress message a search. It is sent with the first tick, in the lane of notices, and edited afterwards;
    the pacer drops edits that the bot has no budget to spare for.
    """

    __slots__ = ("_message", "_sent", "began", "timer")

    def __init__(self, began: float, timer: Timer[Any]) -> None:
        self.began = began
        """Event loop time."""
        self.timer = timer
        self._message: MessageId | None = None
        self._sent = False

    def next_call(self, user: UserId, key: str, notice: Notice) -> Outgoing | None:
        """None while the first one is still on its way."""
        if self._message is not None:
            return Edit(to=user, message=self._message, body=notice, lane=Lane.NOTICE)
        if self._sent:
            return None
        self._sent = True
        return Send(to=user, key=key, body=notice, lane=Lane.NOTICE)

    def made(self, outcome: Future[Any]) -> None:
        if not outcome.cancelled() and outcome.exception() is None and isinstance(outcome.result(), Sent):
            self._message = outcome.result().message or self._message
