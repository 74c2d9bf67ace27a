"""The run queue: the actors of one event loop that have messages to handle, in the order in which they became ready.

One callback of the loop, a *turn*, serves them. It handles one message of each actor after the other, until no actor is ready or
`TURN` messages are handled. Then the loop serves its sockets and timers, and calls the next turn. So a message from one actor to
another costs an append and a pop, and not an iteration of the loop.

A message that is asked of an idle actor, while no other actor is ready, is handled within `ask`: the reply of a plain handler is
there when `ask` returns. No other message is overtaken, since none waits. It never happens within another handler, which bounds
the stack. After `TURN` such messages the loop gets its iteration all the same.

*Invariant*: a living actor is in the queue once while it is `scheduled` and none of its coroutines runs, otherwise not at all.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop, Future
from collections import deque
from typing import Any, Protocol

from actors.runtime.deadlines import limit

TURN = 64
"""Messages in a turn: 3 ms if a handler takes 50 µs. A longer turn is not faster: a turn itself costs less than a message."""


class Ready(Protocol):
    """An actor as the queue sees it."""

    def step(self) -> bool:
        """Handle one message. True if the actor is to be queued again."""
        ...


class RunQueue:
    __slots__ = ("_asked", "_bound_turn", "_due", "_left", "_ready", "at_work", "loop")

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self._ready: deque[Ready] = deque()
        self._asked: list[tuple[Future[Any], float]] = []
        self._bound_turn = self._turn
        self._due = False
        """The loop is going to call `_turn`."""
        self._left = TURN
        """How many messages may still be handled before the loop's next iteration."""
        self.at_work = False
        """A plain handler is running."""

    @property
    def ready(self) -> tuple[Ready, ...]:
        """In the order in which they are served."""
        return tuple(self._ready)

    def append(self, actor: Ready) -> None:
        self._ready.append(actor)
        if not self._due:
            self._schedule_turn()

    def append_or_serve(self, actor: Ready) -> None:
        """For an idle actor that was asked: handle the message now, if no other actor is ready."""
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
        """Fail `reply` with pykka.Timeout if it is not done in `seconds`, counted from the end of the next turn. Most are done by
        then and cost no timer.
        """
        self._asked.append((reply, seconds))
        if not self._due:
            self._schedule_turn()

    def _schedule_turn(self) -> None:
        self._due = True
        self.loop.call_soon(self._bound_turn)

    def _turn(self) -> None:
        """After a turn with work the next one is always scheduled, since most replies lead to another ask. It is scheduled also
        if a step raised, so that the other actors get their turn.
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
    """The queue of `loop`. Only the latest loop's is remembered: a process has one loop at a time."""
    global _latest  # noqa: PLW0603 - the latest loop's queue
    if _latest is None or _latest.loop is not loop:
        _latest = RunQueue(loop)
    return _latest


def ready_now() -> tuple[Ready, ...]:
    """The actors of the latest loop that have messages to handle, and are not held up by one."""
    return _latest.ready if _latest is not None else ()
