"""Whose turn it is: the actors of one event loop that have something to handle, in the order they became ready.

One callback of the loop, a *turn*, serves them: a message each, one after the other, until nobody is ready or `TURN` messages are
handled; then the loop looks after its sockets and timers, and the next turn comes. A hop from actor to actor so costs an append
and a pop, where a callback for each ready actor cost a round of the loop.

Whoever asks an idle actor while nobody else is ready need not wait for the next turn: the message is handled within `ask`, and
the reply of a plain handler is there when `ask` returns. So it overtakes nobody; it never happens within another handler, which
bounds the stack; and after `TURN` messages the loop gets its round all the same.

*Invariant*: a living actor stands here once while it is `scheduled` and none of its coroutines runs, and not at all otherwise.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections import deque
from typing import Any, Protocol

from actors.runtime.deadlines import limit

TURN = 64
"""Messages in a turn: 3 ms where a handler takes 50 µs. More would be no faster, as the turn itself costs less than a message."""


class Ready(Protocol):
    """An actor as the queue sees it."""

    def step(self) -> bool:
        """Handle one message. True where the actor stands in line again."""
        ...


class RunQueue:
    __slots__ = ("_asked", "_bound_turn", "_due", "_left", "_ready", "at_work", "loop")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self._ready: deque[Ready] = deque()
        self._asked: list[tuple[Future[Any], float]] = []
        self._bound_turn = self._turn
        self._due = False
        """The loop will call `_turn`."""
        self._left = TURN
        """Messages that may still be handled before the loop gets its round."""
        self.at_work = False
        """A plain handler runs."""

    def append(self, actor: Ready) -> None:
        self._ready.append(actor)
        if not self._due:
            self._activate()

    def append_or_serve(self, actor: Ready) -> None:
        """For an actor that is asked and was idle."""
        if self.at_work or self._ready or not self._left:
            self.append(actor)
            return
        self._left -= 1
        self.at_work = True
        try:
            again = actor.step()
        finally:
            self.at_work = False
        if again:
            self.append(actor)

    def limit(self, reply: Future[Any], seconds: float) -> None:
        """Fail `reply` with pykka.Timeout if it is not done in `seconds`, counted from the end of the coming turn.

        Most are done by then, and cost no timer.
        """
        self._asked.append((reply, seconds))
        if not self._due:
            self._activate()

    def _activate(self) -> None:
        self._due = True
        self.loop.call_soon(self._bound_turn)

    def _turn(self) -> None:
        """Comes again after a turn that had work, though nobody may be ready: a reply most often brings the next question, and it
        finds the turn called already. And it comes where a step raised what is for the loop's owner: the others lose nothing.
        """
        ready, left = self._ready, TURN
        self._left = TURN
        if not ready and not self._asked:
            self._due = False
            return
        self.at_work = True
        try:
            while ready and left:
                left -= 1
                actor = ready.popleft()
                if actor.step():
                    ready.append(actor)
            if self._asked:
                self._limit_unanswered()
        finally:
            self.at_work = False
            self.loop.call_soon(self._bound_turn)

    def _limit_unanswered(self) -> None:
        for reply, seconds in self._asked:
            if not reply.done():
                limit(reply, self.loop, seconds)
        self._asked.clear()


_latest: RunQueue | None = None


def queue_of(loop: AbstractEventLoop) -> RunQueue:
    """A process has one loop. Where it has more and changes to and fro, a loop has several queues, each whole in itself."""
    global _latest  # noqa: PLW0603 - the last loop's queue
    if _latest is None or _latest.loop is not loop:
        _latest = RunQueue(loop)
    return _latest
