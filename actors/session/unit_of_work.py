"""One update or event on its way through a session: done when everything that it caused is done."""

from __future__ import annotations

import logging
from asyncio import Future
from collections.abc import Callable
from typing import Any

from pykka import ActorDeadError

from domain.model.ids import Pts
from domain.model.outgoing import NotSent, Why

logger = logging.getLogger(__name__)


def nobody_waits() -> None:
    """The end of a unit that confirms nothing."""


class UnitOfWork:
    """`key` names the update for idempotency keys; `finish` is called once, when the unit is closed and all its sends have an
    outcome, unless one of them came from a process that may no longer speak for the bot.
    """

    __slots__ = ("_closed", "_epilogue", "_finish", "_finished", "_open", "_said", "_stale", "key", "pts")

    def __init__(self, key: str, finish: Callable[[], None], pts: Pts | None = None) -> None:
        self.key = key
        self.pts = pts
        self._finish = finish
        self._epilogue: Callable[[], Future[Any]] | None = None
        self._open = 0
        self._said = 0
        self._closed = False
        self._finished = False
        self._stale = False

    @property
    def name(self) -> str:
        """For the log: "update 9913", "query 17", "event 1-0"."""
        return self.key.rpartition(":")[2]

    def next_key(self) -> str:
        self._said += 1
        return f"{self.key}/{self._said}"

    def wait_for(self, outcome: Future[Any]) -> None:
        self._open += 1
        outcome.add_done_callback(self._ended)

    def track(self, outcome: Future[Any]) -> None:
        """Wait for what is done in another way, or abandons us, where it fails."""
        self._open += 1
        outcome.add_done_callback(self._tracked)

    def end_with(self, work: Callable[[], Future[Any]]) -> None:
        """To be begun once all sends have an outcome. Where the actor that does it is gone, the unit is not finished."""
        self._epilogue = work

    def abandon(self) -> None:
        """It was not done here, and must come again elsewhere."""
        self._stale = True

    def close(self) -> None:
        """No more will be added."""
        self._closed = True
        self._maybe_finish()

    def _ended(self, outcome: Future[Any]) -> None:
        self._open -= 1
        if outcome.cancelled():
            self._stale = True
        elif (error := outcome.exception()) is not None:
            logger.warning("%s: something was not sent: %s", self.name, error)
        else:
            result = outcome.result()
            self._stale |= isinstance(result, NotSent) and result.why is Why.STALE
        self._maybe_finish()

    def _tracked(self, _outcome: Future[Any]) -> None:
        self._open -= 1
        self._maybe_finish()

    def _maybe_finish(self) -> None:
        if not self._closed or self._open or self._stale or self._finished:
            return
        epilogue, self._epilogue = self._epilogue, None
        if epilogue is not None:
            self._open += 1
            epilogue().add_done_callback(self._epilogue_ended)
        else:
            self._finished = True
            self._finish()

    def _epilogue_ended(self, work: Future[Any]) -> None:
        self._open -= 1
        error = None if work.cancelled() else work.exception()
        self._stale |= work.cancelled() or isinstance(error, ActorDeadError)
        if error is not None and not self._stale:
            logger.error("%s: the last of it failed", self.name, exc_info=error)
        self._maybe_finish()
