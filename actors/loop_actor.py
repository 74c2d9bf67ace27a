"""Pykka actors on the asyncio event loop: `pykka.Actor` with another way of running. References are in `loop_ref`.

- One message at a time. A plain handler runs in the loop's own callback, with no task. A coroutine runs in one task that the
  actor owns, and the next message waits for it. A returned `asyncio.Future` (a task is one) is a *deferred reply*: the actor goes
  on at once and the asker gets what the future gets.
- Fair: after `BATCH` messages an actor lets the others run.
- A raise on `ask` goes to the asker and the actor lives (compute the new state first, assign last). A raise on `tell` ends the
  actor: `on_failure`, its mailbox turns into dead letters, a supervisor may start the next one. With `SURVIVES` the actor loses
  only that message: `on_poison` mends the state and the actor goes on.
- A raise in `on_start` ends the actor; `await ref.started()` raises it.
- `SystemExit` in a handler is a failure of that actor like any other; Pykka would stop all actors of the process.
  `KeyboardInterrupt` ends the actor and goes on up through the loop to whoever runs it.
- A handler whose awaited work was cancelled by others fails with `HandlerCancelled`. Cancelling the actor's own task from outside
  (`asyncio.run` does, at the end) ends the actor as a kill does.
- All hooks but `__init__` run on the loop, after `start()` has returned, and may be `async def`.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import uuid
from asyncio import AbstractEventLoop, CancelledError, Future, Task
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from types import CoroutineType, TracebackType
from typing import Any, ClassVar, Generic, NoReturn, TypeVar

import pykka
from pykka.messages import _ActorStop

from actors.counters import ClassCounters, Throttle, counters_of
from actors.dead_letters import dead_letters
from actors.failures import FAILURES, HandlerCancelled, normalized, where
from actors.loop_ref import LoopRef
from actors.mailbox import Envelope, Mailbox
from actors.timers import Timer
from domain.settings import Actors

BATCH = 64

M = TypeVar("M")

logger = logging.getLogger(__name__)
_slow_log = Throttle(logger, lines=10, seconds=10.0)
_limits = Actors()


def configure(limits: Actors) -> None:
    """`mailbox_limit` for actors made from now on, `slow_handler_seconds` for all."""
    global _limits  # noqa: PLW0603 - one process, one setting
    _limits = limits


class LoopActor(pykka.Actor, Generic[M]):
    """`M` is the closed union of messages that the actor understands."""

    MAILBOX_LIMIT: ClassVar[int | None] = None
    """None: `actors.mailbox_limit`."""
    SURVIVES: ClassVar[bool] = False

    __slots__ = (
        "_actor_ref",
        "_entered",
        "_error",
        "_handling",
        "_probes",
        "_scheduled",
        "_started",
        "_stop_event",
        "_task",
        "_timers",
        "_urn",
        "_watchers",
        "actor_inbox",
        "counters",
        "dead",
        "ended",
        "loop",
    )

    actor_inbox: Mailbox  # type: ignore[assignment]  # our envelopes carry asyncio futures
    counters: ClassCounters
    loop: AbstractEventLoop
    dead: bool
    """It takes no more messages; `on_stop` or `on_failure` may still run."""
    ended: bool
    """Nothing of it runs any more."""

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> LoopRef[M]:
        """On the running loop; `on_start` runs in its next turn."""
        actor = cls(*args, **kwargs)
        actor._start_actor_loop()
        return actor._actor_ref

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        # Pykka's own __init__ makes a UUID and a threading.Event each: half of the memory and most of the time of a start.
        self.actor_inbox = self._create_actor_inbox()
        if self.MAILBOX_LIMIT is not None:
            self.actor_inbox.limit = self.MAILBOX_LIMIT
        self._actor_ref: LoopRef[M] = LoopRef(self)
        self.counters = counters_of(type(self))
        self.loop = asyncio.get_running_loop()
        self.dead = False
        self.ended = False
        self._scheduled = True
        self._started = False
        self._entered = 0.0
        self._error: BaseException | None = None
        self._task: Task[None] | None = None
        self._handling: Envelope | None = None
        self._timers: set[Timer[M]] | None = None
        self._probes: list[Future[None]] | None = None
        self._watchers: list[Callable[[BaseException | None], object]] | None = None
        self._urn: str | None = None
        self._stop_event: threading.Event | None = None

    @staticmethod
    def _create_actor_inbox() -> Mailbox:  # type: ignore[override]  # our envelopes carry asyncio futures
        return Mailbox(_limits.mailbox_limit)

    @staticmethod
    def _create_future() -> NoReturn:
        raise TypeError("replies are asyncio futures: LoopRef.ask makes them")

    def _start_actor_loop(self) -> None:
        self.counters.joined(self)
        self.loop.call_soon(self._begin)

    @property
    def actor_ref(self) -> LoopRef[M]:
        return self._actor_ref

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

    # ruff: noqa: ARG002 - hooks get what they get

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

    def on_receive(self, message: M) -> Any:
        logger.warning("unexpected message for %s: %s", self, type(message).__name__)

    def on_poison(self, message: M, error: BaseException) -> Awaitable[None] | None:
        """With `SURVIVES`: the message that raised is gone; mend the state here. A raise here ends the actor."""
        return None

    def label(self) -> str:
        """How `describe` names it."""
        return type(self).__name__

    # For the actor itself

    def after(self, seconds: float, message: M) -> Timer[M]:
        """Tell it to myself later. Ends with the actor."""
        return Timer(self.loop, self._own_timers(), message, self._ring, seconds=seconds)

    def every(self, seconds: float, message: M) -> Timer[M]:
        """Again and again; a ring that finds the mailbox full is left out."""
        return Timer(self.loop, self._own_timers(), message, self._ring, seconds=seconds, period=seconds)

    # For references

    def accept(self, envelope: Envelope) -> bool:
        """False where the mailbox is full. Raises ActorDeadError."""
        if self.dead:
            self.refuse(envelope.message)
        if not self.actor_inbox.offer(envelope):
            return False
        if not self._scheduled:
            self._schedule()
        return True

    def accept_stop(self, *, first: bool) -> None:
        envelope = Envelope(_ActorStop())
        if first:
            self.actor_inbox.put_first(envelope)
        else:
            self.actor_inbox.put(envelope)
        if not self._scheduled:
            self._schedule()

    def refuse(self, message: object) -> NoReturn:
        dead_letters.add(type(self), message, "actor is dead")
        raise pykka.ActorDeadError(f"{self} not found")

    def kill(self) -> None:
        if self.ended:
            return
        self._close()
        task, self._task = self._task, None
        if task is not None and task is not asyncio.current_task(self.loop):
            task.cancel()
        if self._handling is not None:
            self._bury(self._handling)
        self._end(None)

    def when_started(self, probe: Future[None]) -> None:
        if self._started:
            probe.set_result(None)
        elif self.ended:
            probe.set_exception(self._error or pykka.ActorDeadError(f"{self} stopped before it started"))
        else:
            self._probes = [*(self._probes or ()), probe]

    def when_ended(self, watcher: Callable[[BaseException | None], object]) -> None:
        """Called with None after a stop or kill, otherwise with what it died of."""
        if self.ended:
            watcher(self._error)
        else:
            self._watchers = [*(self._watchers or ()), watcher]

    # For the counters

    def depth(self) -> int:
        return len(self.actor_inbox)

    def describe(self) -> str:
        line = f"{self.label()}: {self.depth()} waiting"
        if self._handling is None:
            return line
        return f"{line}, handling {type(self._handling.message).__name__} for {perf_counter() - self._entered:.3f} s"

    # Life

    def _begin(self) -> None:
        if not self.dead:
            self._run_hook(self.on_start, self._begun)

    def _begun(self, error: BaseException | None) -> None:
        if error is not None:
            self._log_failure("on_start", error)
            self._close()
            self._end(error)
            return
        self._started = True
        probes, self._probes = self._probes, None
        for probe in probes or ():
            if not probe.done():
                probe.set_result(None)
        self._resume()

    def _stop(self) -> None:
        self._close()
        self._run_hook(self.on_stop, partial(self._last_hook_ran, "on_stop", None))

    def _die(self, error: BaseException) -> None:
        self._log_failure("a handler", error)
        self._close()
        hook = partial(self.on_failure, type(error), error, error.__traceback__)
        self._run_hook(hook, partial(self._last_hook_ran, "on_failure", error))

    def _last_hook_ran(self, name: str, died_of: BaseException | None, error: BaseException | None) -> None:
        if error is not None:
            self._log_failure(name, error)
        self._end(died_of or error)

    def _close(self) -> None:
        self.dead = True
        self.counters.left(self)
        for timer in tuple(self._timers or ()):
            timer.cancel()
        if self._stop_event is not None:
            self._stop_event.set()

    def _end(self, error: BaseException | None) -> None:
        self.ended = True
        self._error = error
        self._handling = None
        while not self.actor_inbox.empty():
            self._bury(self.actor_inbox.get())
        self.actor_inbox.turn_away(pykka.ActorDeadError(f"{self} stopped before there was room"))
        probes, self._probes = self._probes, None
        for probe in probes or ():
            if not probe.done():
                self.when_started(probe)
        watchers, self._watchers = self._watchers, None
        for watcher in watchers or ():
            watcher(error)

    def _bury(self, envelope: Envelope) -> None:
        if type(envelope.message) is _ActorStop:
            return
        dead_letters.add(type(self), envelope.message, "actor ended first")
        if envelope.reply_to is not None:
            _set_exception(envelope.reply_to, pykka.ActorDeadError(f"{self} stopped before handling the message"))

    def _log_failure(self, what: str, error: BaseException) -> None:
        self.counters.failed += 1
        logger.error("%s of %s failed: %s", what, self.label(), where(error))

    # Messages

    def _schedule(self) -> None:
        self._scheduled = True
        self.loop.call_soon(self._drain)

    def _resume(self) -> None:
        if self.actor_inbox.empty():
            self._scheduled = False
        else:
            self._schedule()

    def _drain(self) -> None:
        mailbox = self.actor_inbox
        self._entered = perf_counter()
        for _ in range(BATCH):
            if mailbox.empty():
                self._scheduled = False
                return
            if not self._handle(mailbox.get()):
                return
        self._schedule()

    def _handle(self, envelope: Envelope) -> bool:
        """Whether the next message may follow at once."""
        message = envelope.message
        if type(message) is _ActorStop:
            self._stop()
            return False
        try:
            result = self.on_receive(message)
        except FAILURES as error:
            return self._failed(envelope, normalized(error))
        except BaseException as error:
            self._interrupted(error)
            raise
        if type(result) is CoroutineType:
            self._handling = envelope
            self._own(result, partial(self._handled_later, envelope))
            return False
        self._account(message)
        if result is not None or envelope.reply_to is not None:
            _answer(self, envelope.reply_to, result)
        return not self.dead

    def _handled_later(self, envelope: Envelope, result: Any, error: BaseException | None) -> None:
        self._handling = None
        if error is None:
            self._account(envelope.message)
            _answer(self, envelope.reply_to, result)
            go_on = not self.dead
        else:
            go_on = self._failed(envelope, error)
        if go_on:
            self._resume()

    def _failed(self, envelope: Envelope, error: BaseException) -> bool:
        """Whether the next message may follow at once."""
        self._account(envelope.message)
        if envelope.reply_to is not None:
            self.counters.failed += 1
            logger.info("%s of %s failed and its asker was told: %s", type(envelope.message).__name__, self.label(), where(error))
            _set_exception(envelope.reply_to, error)
            return not self.dead
        if self.SURVIVES and not self.dead:
            self._log_failure(type(envelope.message).__name__, error)
            self._run_hook(partial(self.on_poison, envelope.message, error), self._mended)
        else:
            self._die(error)
        return False

    def _mended(self, error: BaseException | None) -> None:
        if error is not None:
            self._die(error)
        elif not self.dead:
            self._resume()

    def _interrupted(self, error: BaseException) -> None:
        """KeyboardInterrupt and the like: this actor ends, the loop's owner decides about the rest."""
        self._log_failure("a handler", error)
        self._close()
        self._end(error)

    def _account(self, message: object) -> None:
        now = perf_counter()
        took, self._entered = now - self._entered, now
        self.counters.record(type(message), took)
        if took > _limits.slow_handler_seconds:
            self.counters.slow += 1
            _slow_log.warning("%s took %.0f ms with a %s", self.label(), took * 1000, type(message).__name__)

    # Hooks and coroutines

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
        self._task = self.loop.create_task(self._follow(work, then))

    async def _follow(self, work: Awaitable[Any], then: Callable[[Any, BaseException | None], None]) -> None:
        result, failure = None, None
        try:
            result = await work
        except CancelledError as error:
            if self.ended or _cancelled_from_outside():
                self.kill()
                raise
            failure = normalized(error)
        except FAILURES as error:
            failure = error
        except BaseException as error:
            self._interrupted(error)
            raise
        if not self.ended:
            self._task = None
            then(result, failure)

    def _own_timers(self) -> set[Timer[M]]:
        if self._timers is None:
            self._timers = set()
        return self._timers

    def _ring(self, timer: Timer[M]) -> None:
        envelope = Envelope(timer.message)
        if not self.actor_inbox.offer(envelope):
            if timer.periodic:
                self.counters.dropped += 1
                return
            self.actor_inbox.put(envelope)
        if not self._scheduled:
            self._schedule()

    def deferred_failed(self, source: Future[Any]) -> None:
        """Nobody asked, so nobody else would hear of it."""
        if not source.cancelled() and (error := source.exception()) is not None:
            self._log_failure("deferred work", error)


def _cancelled_from_outside() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _answer(actor: LoopActor[Any], reply: Future[Any] | None, result: Any) -> None:
    if isinstance(result, Future):
        if reply is None:
            result.add_done_callback(actor.deferred_failed)
        else:
            result.add_done_callback(partial(_pass_on, reply))
    elif reply is not None and not reply.done():
        reply.set_result(result)


def _pass_on(reply: Future[Any], source: Future[Any]) -> None:
    if source.cancelled():
        _set_exception(reply, HandlerCancelled("the work behind the reply was cancelled"))
    elif (error := source.exception()) is not None:
        _set_exception(reply, error)
    elif not reply.done():
        reply.set_result(source.result())


def _set_exception(reply: Future[Any], error: BaseException) -> None:
    if not reply.done():
        reply.set_exception(error)
