"""The lifecycle of an actor on the event loop: it starts, runs its hooks, stops, fails or is killed, and tells its watchers.

    start() ──> on_start ──> handling messages ──> on_stop ──> ended
                   │                  └─ an exception ─> on_failure ─> ended
                   └─ an exception ─> ended

An actor is `dead` from the moment when it takes no more messages, and `ended` once none of its hooks and handlers runs.
"""

from __future__ import annotations

import abc
import asyncio
import logging
import threading
import uuid
from asyncio import AbstractEventLoop, CancelledError, Future, Task
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from types import CoroutineType, TracebackType
from typing import Any, NoReturn

import pykka
from pykka.messages import _ActorStop

from actors.runtime.dead_letters import dead_letters
from actors.runtime.failures import FAILURES, normalized, where
from actors.runtime.mailbox import Envelope, Mailbox
from actors.runtime.metrics import ClassCounters, counters_of
from actors.runtime.scheduler import RunQueue, queue_of
from domain.processes import ActorNow

Watcher = Callable[[BaseException | None], object]

logger = logging.getLogger(__name__)


class Life(pykka.Actor):
    """Base class of `Actor`, and of nothing else."""

    __slots__ = (
        "_entered",
        "_error",
        "_handling",
        "_start_probes",
        "_started",
        "_stop_event",
        "_task",
        "_urn",
        "_watchers",
        "actor_inbox",
        "counters",
        "dead",
        "ended",
        "loop",
        "run_queue",
        "scheduled",
    )

    actor_inbox: Mailbox  # type: ignore[assignment]  # our envelopes carry asyncio futures
    counters: ClassCounters
    loop: AbstractEventLoop
    run_queue: RunQueue
    dead: bool
    ended: bool

    def __init__(self) -> None:
        # Pykka's own __init__ is not called: its UUID and threading.Event are half of the memory and most of the time of a start.
        self.actor_inbox = self._create_actor_inbox()
        self.counters = counters_of(type(self))
        self.loop = asyncio.get_running_loop()
        self.run_queue = queue_of(self.loop)
        self.dead = False
        self.ended = False
        self._started = False
        self.scheduled = True
        """It is in the run queue, or it handles a message and will look for the next one itself."""
        self._error: BaseException | None = None
        self._entered = 0.0
        """When the current handler was entered, by `perf_counter`."""
        self._task: Task[None] | None = None
        self._handling: Envelope | None = None
        """The message that a coroutine handles now."""
        self._start_probes: list[Future[None]] | None = None
        self._watchers: list[Watcher] | None = None
        self._urn: str | None = None
        self._stop_event: threading.Event | None = None

    @staticmethod
    @abc.abstractmethod
    def _create_actor_inbox() -> Mailbox:  # type: ignore[override]  # our envelopes carry asyncio futures
        ...

    @staticmethod
    def _create_future() -> NoReturn:
        raise TypeError("replies are asyncio futures: ActorRef.ask makes them")

    def _start_actor_loop(self) -> None:
        self.counters.add(self)
        self.loop.call_soon(self._begin)

    @property
    def actor_urn(self) -> str:  # type: ignore[override]  # read only here
        if self._urn is None:
            self._urn = uuid.uuid4().urn
        return self._urn

    @property
    def actor_stopped(self) -> threading.Event:  # type: ignore[override]  # read only here
        if self._stop_event is None:
            self._stop_event = threading.Event()
            if self.dead:
                self._stop_event.set()
        return self._stop_event

    # Hooks

    # ruff: noqa: ARG002 - the defaults do nothing with their arguments

    def on_start(self) -> Awaitable[None] | None:  # type: ignore[override]  # may be async
        return None

    def on_stop(self) -> Awaitable[None] | None:  # type: ignore[override]  # may be async
        return None

    def on_failure(  # type: ignore[override]  # may be async
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> Awaitable[None] | None:
        return None

    def label(self) -> str:
        """Its name in logs and `describe`. Never a user's plain id."""
        return type(self).__name__

    # For references and supervisors

    def kill(self) -> None:
        if self.ended:
            return
        self._close()
        self._drop_handler()
        self._end(None)

    def fail(self, error: BaseException) -> None:
        """Fail because of an error outside a handler, for example in its `work`. Its handler is cancelled."""
        if not self.dead:
            self._drop_handler()
            self._die(error)

    def when_started(self, probe: Future[None]) -> None:
        """Resolve `probe` once the actor has started, or raise why it did not."""
        if self._started:
            probe.set_result(None)
        elif self.ended:
            probe.set_exception(self._error or pykka.ActorDeadError(f"{self} stopped before it started"))
        else:
            self._start_probes = [*(self._start_probes or ()), probe]

    def when_ended(self, watcher: Watcher) -> None:
        """Call `watcher` once the actor has ended: with None after a stop or kill, otherwise with the error."""
        if self.ended:
            watcher(self._error)
        else:
            self._watchers = [*(self._watchers or ()), watcher]

    # For the counters

    def depth(self) -> int:
        return len(self.actor_inbox)

    def limit(self) -> int:
        return self.actor_inbox.limit

    def now(self) -> ActorNow:
        handling = self._handling
        return ActorNow(
            label=self.label(),
            waiting=self.depth(),
            limit=self.limit(),
            handling=type(handling[0]).__name__ if handling else "",
            seconds=round(perf_counter() - self._entered, 3) if handling else 0.0,
        )

    def describe(self) -> str:
        line = f"{self.label()}: {self.depth()} waiting"
        if self._handling is None:
            return line
        return f"{line}, handling {type(self._handling[0]).__name__} for {perf_counter() - self._entered:.3f} s"

    # Transitions

    def _begin(self) -> None:
        if not self.dead:
            self._run_hook(self.on_start, self._begun)

    def _begun(self, error: BaseException | None) -> None:
        self.counters.held_up.discard(self)
        if error is not None:
            self._log_failure("on_start", error)
            self._close()
            self._end(error)
            return
        self._started = True
        probes, self._start_probes = self._start_probes, None
        for probe in probes or ():
            if not probe.done():
                probe.set_result(None)
        self._resume()

    def _stop(self) -> None:
        self._close()
        self._run_hook(self.on_stop, partial(self._last_hook_ran, "on_stop", None))

    def _die(self, error: BaseException) -> None:
        self._log_failure("work", error)
        self._close()
        hook = partial(self.on_failure, type(error), error, error.__traceback__)
        self._run_hook(hook, partial(self._last_hook_ran, "on_failure", error))

    def _drop_handler(self) -> None:
        task, self._task = self._task, None
        is_current = not self.run_queue.at_work and task is asyncio.current_task(self.loop)
        if task is not None and not is_current:
            task.cancel()
        handling, self._handling = self._handling, None
        if handling is not None:
            self._to_dead_letters(handling)

    def _last_hook_ran(self, name: str, cause: BaseException | None, error: BaseException | None) -> None:
        if error is not None:
            self._log_failure(name, error)
        self._end(cause or error)

    def _close(self) -> None:
        self.dead = True
        self.counters.remove(self)
        if self._stop_event is not None:
            self._stop_event.set()

    def _end(self, error: BaseException | None) -> None:
        self.ended = True
        self._error = error
        self._handling = None
        self.counters.held_up.discard(self)
        self.actor_inbox.refuse_senders(pykka.ActorDeadError(f"{self} stopped before there was room"))
        while not self.actor_inbox.empty():
            self._to_dead_letters(self.actor_inbox.get())
        probes, self._start_probes = self._start_probes, None
        for probe in probes or ():
            if not probe.done():
                self.when_started(probe)
        watchers, self._watchers = self._watchers, None
        for watcher in watchers or ():
            watcher(error)

    def _to_dead_letters(self, envelope: Envelope) -> None:
        message, reply = envelope
        if type(message) is _ActorStop:
            return
        dead_letters.add(type(self), message, "actor ended first")
        if reply is not None and not reply.done():
            reply.set_exception(pykka.ActorDeadError(f"{self} stopped before handling the message"))

    def _log_failure(self, what: str, error: BaseException) -> None:
        self.counters.failure(what, error)
        logger.error("%s of %s failed: %s", what, self.label(), where(error))

    def _interrupted(self, error: BaseException) -> None:
        """For KeyboardInterrupt and the like: this actor ends, and the error goes on to whoever runs the loop."""
        self._log_failure("a handler", error)
        self._close()
        self._end(error)

    def _run_hook(self, hook: Callable[[], Awaitable[None] | None], then: Callable[[BaseException | None], None]) -> None:
        try:
            outcome = hook()
        except FAILURES as error:
            then(normalized(error))
        else:
            if outcome is None:
                then(None)
            else:
                self._own(outcome, lambda _, error: then(error))

    def _own(self, work: Awaitable[Any], then: Callable[[Any, BaseException | None], None]) -> None:
        self.counters.held_up.add(self)
        self._task = self.loop.create_task(self._follow(work, then))
        self._task.add_done_callback(partial(self._released, work))

    def _released(self, work: Awaitable[Any], task: Task[None]) -> None:
        if type(work) is CoroutineType:
            work.close()  # where the task was cancelled before its first step
        if task.cancelled():
            if self._task is task:
                self.kill()
        else:
            task.exception()  # marks it as retrieved: it was raised through the loop

    async def _follow(self, work: Awaitable[Any], then: Callable[[Any, BaseException | None], None]) -> None:
        result, failure = None, None
        try:
            result = await work
        except CancelledError as error:
            if self.ended or _cancelled_from_outside():
                raise
            failure = normalized(error)
        except FAILURES as error:
            failure = error
        except BaseException as error:
            self._interrupted(error)
            raise
        if not self.ended:
            self._task = None
            self.counters.held_up.discard(self)
            then(result, failure)

    @abc.abstractmethod
    def _resume(self) -> None:
        """Handle the next message."""


def _cancelled_from_outside() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
