"""Pykka actors on the asyncio event loop: `pykka.Actor`, run in another way. References are in `actors/runtime/ref.py`.

- One message at a time. A plain handler runs in the loop's own callback, or within the `ask` of an idle actor; it has no task. A
  handler that is a coroutine runs in a task that the actor owns, and the next message waits for it. A returned future or task
  is a *deferred reply*: the actor goes on at once, and whoever asked gets the result of the future.
- Fair: actors that are ready take turns, one message each (`actors/runtime/scheduler.py`).
- An exception on `ask` goes to whoever asked, and the actor goes on. So handlers compute the new state first and assign it last.
- An exception on `tell` ends the actor: `on_failure` runs, the messages in its mailbox become dead letters, its supervisor may
  restart it. With `SURVIVES` only that message is lost: `on_message_failed` repairs the state, and the actor goes on.
- An exception in `on_start` ends the actor; `await ref.started()` raises it.
- `SystemExit` in a handler is a failure of that actor only; Pykka would stop all actors of the process. `KeyboardInterrupt` ends
  the actor and is raised to whoever runs the loop.
- A handler fails with `HandlerCancelled` if others cancel what it awaits. If its own task is cancelled, that is a kill.
- All hooks but `__init__` run on the loop, after `start()` has returned, and may be `async def`.
"""

from __future__ import annotations

import logging
from asyncio import Future, Task
from collections.abc import Awaitable, Coroutine
from functools import partial
from time import perf_counter
from types import CoroutineType
from typing import Any, ClassVar, Generic, TypeVar

import pykka
from pykka.messages import _ActorStop

from actors.runtime.dead_letters import dead_letters
from actors.runtime.failures import FAILURES, HandlerCancelled, normalized, where
from actors.runtime.life import Life
from actors.runtime.mailbox import Envelope, Mailbox
from actors.runtime.metrics import Handled, Throttle
from actors.runtime.ref import ActorRef
from actors.runtime.timers import Timer
from domain.ask import Response
from domain.settings import Actors

M = TypeVar("M")
T = TypeVar("T")

logger = logging.getLogger(__name__)
_slow_log = Throttle(logger, lines=10, seconds=10.0)
_limits = Actors()


def configure(limits: Actors) -> None:
    """`mailbox_limit` for actors made from now on, `slow_handler_seconds` for all."""
    global _limits  # noqa: PLW0603 - one process, one setting
    _limits = limits


class Actor(Life, Generic[M]):
    """`M` is the closed union of messages that the actor understands."""

    MAILBOX_LIMIT: ClassVar[int | None] = None
    """None: the setting `actors.mailbox_limit`."""
    SURVIVES: ClassVar[bool] = False
    """If a handler raises, only its message is lost, and the actor goes on."""

    __slots__ = ("_actor_ref", "_timers", "_work")

    @classmethod
    def start(cls, *args: Any, **kwargs: Any) -> ActorRef[M]:  # an actor's own __init__ says what it takes
        """Start on the running loop. `on_start` runs in the loop's next iteration."""
        actor = cls(*args, **kwargs)
        actor._start_actor_loop()
        return actor.actor_ref

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        super().__init__()
        if self.MAILBOX_LIMIT is not None:
            self.actor_inbox.limit = self.MAILBOX_LIMIT
        self._actor_ref: ActorRef[M] | None = ActorRef(self)  # type: ignore[assignment]  # Pykka's lives for ever
        """None once ended: without the cycle the memory is freed at once, and not by the garbage collector."""
        self._timers: set[Timer[M]] | None = None
        self._work: set[Task[Any]] | None = None

    @staticmethod
    def _create_actor_inbox() -> Mailbox:  # type: ignore[override]  # our envelopes carry asyncio futures
        return Mailbox(_limits.mailbox_limit)

    @property
    def actor_ref(self) -> ActorRef[M]:
        return self._actor_ref or ActorRef(self)

    # Hooks, besides on_start, on_stop and on_failure

    def on_receive(self, message: M) -> Response:
        """Handle one message. A message that was asked is answered with `domain.ask.reply`."""
        logger.warning("unexpected message for %s: %s", self.label(), type(message).__name__)
        return None

    def on_message_failed(self, message: M, error: BaseException) -> Awaitable[None] | None:  # noqa: ARG002
        """With `SURVIVES`: repair the state after a handler raised. An exception here ends the actor."""
        return None

    # For the actor itself

    def after(self, seconds: float, message: M) -> Timer[M]:
        """Tell `message` to this actor once, in `seconds`."""
        return Timer(self.loop, self._own_timers(), message, self._timer_fired, seconds=seconds)

    def every(self, seconds: float, message: M) -> Timer[M]:
        """Tell `message` to this actor every `seconds`. It is skipped while the mailbox is full."""
        return Timer(self.loop, self._own_timers(), message, self._timer_fired, seconds=seconds, period=seconds)

    def work(self, job: Coroutine[Any, Any, T], *, vital: bool = False) -> Task[T]:
        """A task beside the handlers. It is cancelled when the actor ends, after `on_stop` or `on_failure`. If it is `vital` and
        raises, the actor fails; otherwise the error is the caller's.
        """
        task = self.loop.create_task(job)
        if self._work is None:
            self._work = set()
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        if vital:
            task.add_done_callback(self._vital_work_ended)
        return task

    def _vital_work_ended(self, task: Task[Any]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self.fail(error)

    # For references

    def accept(self, envelope: Envelope) -> bool:
        """False if the mailbox is full. Raises ActorDeadError."""
        if self.dead:
            raise self.refusal(envelope[0])
        if not self.actor_inbox.offer(envelope):
            return False
        if not self.scheduled:
            self.schedule()
        return True

    def accept_stop(self, *, first: bool) -> None:
        envelope = (_ActorStop(), None)
        if first:
            self.actor_inbox.put_first(envelope)
        else:
            self.actor_inbox.put(envelope)
        if not self.scheduled:
            self.schedule()

    def refusal(self, message: object) -> pykka.ActorDeadError:
        dead_letters.add(type(self), message, "actor is dead")
        return pykka.ActorDeadError(f"{self} not found")

    # Messages

    def schedule(self) -> None:
        self.scheduled = True
        self.run_queue.append(self)

    def _resume(self) -> None:
        if self._has_more():
            self.run_queue.append(self)

    def step(self) -> bool:
        """For the run queue: handle the next message. True if the actor is to be queued again.

        Every message goes through here, so `_count_message`, `_answer` and `_has_more` are inlined for plain handlers.
        """
        inbox = self.actor_inbox
        if self.dead or (envelope := inbox.take()) is None:
            return self._has_more()
        message, reply = envelope
        kind = type(message)
        if kind is _ActorStop:
            self._stop()
            return False
        self._entered = began = perf_counter()
        try:
            result: object = self.on_receive(message)
        except FAILURES as error:
            return self._failed(envelope, normalized(error))
        except BaseException as error:
            self._interrupted(error)
            raise
        if type(result) is CoroutineType:
            self._handling = envelope
            self._own(result, partial(self._handled_later, envelope))
            return False
        took = perf_counter() - began
        handled = self.counters.handled[kind]
        handled.count += 1
        handled.seconds += took
        if took > handled.notable:
            self._note_slow(handled, took, message)
        if isinstance(result, Future):
            self._answer(reply, result)
        elif reply is not None and not reply.done():
            reply.set_result(result)
        if self.dead or inbox.empty():
            self.scheduled = False
            return False
        return True

    def _has_more(self) -> bool:
        self.scheduled = not (self.dead or self.actor_inbox.empty())
        return self.scheduled

    def _handled_later(self, envelope: Envelope, result: Any, error: BaseException | None) -> None:
        self._handling = None
        if error is not None:
            has_more = self._failed(envelope, error)
        else:
            self._count_message(envelope[0])
            self._answer(envelope[1], result)
            has_more = self._has_more()
        if has_more:
            self.run_queue.append(self)

    def _failed(self, envelope: Envelope, error: BaseException) -> bool:
        """True if the actor is to be queued again."""
        message, reply = envelope
        self._count_message(message)
        if reply is not None:
            self.counters.failure(type(message).__name__, error)
            logger.info("%s of %s failed, and whoever asked was told: %s", type(message).__name__, self.label(), where(error))
            _refuse(reply, error)
            return self._has_more()
        if self.SURVIVES and not self.dead:
            self._log_failure(type(message).__name__, error)
            self._run_hook(partial(self.on_message_failed, message, error), self._recovered)
        else:
            self._die(error)
        return False

    def _recovered(self, error: BaseException | None) -> None:
        if error is None:
            self._resume()
        else:
            self._die(error)

    def _count_message(self, message: object) -> None:
        took = perf_counter() - self._entered
        handled = self.counters.handled[type(message)]
        handled.count += 1
        handled.seconds += took
        if took > handled.notable:
            self._note_slow(handled, took, message)

    def _note_slow(self, handled: Handled, took: float, message: object) -> None:
        limit = _limits.slow_handler_seconds
        handled.slowest = max(handled.slowest, took)
        handled.notable = min(handled.slowest, limit)
        if took > limit:
            self.counters.slow += 1
            _slow_log.warning("%s took %.0f ms for %s", self.label(), took * 1000, type(message).__name__)

    def _answer(self, reply: Future[Any] | None, result: Any) -> None:
        if isinstance(result, Future):
            result.add_done_callback(self._deferred_failed if reply is None else partial(_pass_on, reply))
        elif reply is not None and not reply.done():
            reply.set_result(result)

    def _deferred_failed(self, source: Future[Any]) -> None:
        """Nobody asked, so nobody else would see the error."""
        if not source.cancelled() and (error := source.exception()) is not None:
            self._log_failure("deferred work", error)

    # Timers and work end with the actor

    def _close(self) -> None:
        super()._close()
        for timer in tuple(self._timers or ()):
            timer.cancel()

    def _end(self, error: BaseException | None) -> None:
        super()._end(error)
        for task in tuple(self._work or ()):
            task.cancel()
        self._actor_ref = None

    def _own_timers(self) -> set[Timer[M]]:
        if self._timers is None:
            self._timers = set()
        return self._timers

    def _timer_fired(self, timer: Timer[M]) -> None:
        envelope = (timer.message, None)
        if not self.actor_inbox.offer(envelope):
            if timer.periodic:
                self.counters.dropped += 1
                return
            self.actor_inbox.put(envelope)
        if not self.scheduled:
            self.schedule()


def _pass_on(reply: Future[Any], source: Future[Any]) -> None:
    if source.cancelled():
        _refuse(reply, HandlerCancelled("the work behind the reply was cancelled"))
    elif (error := source.exception()) is not None:
        _refuse(reply, error)
    elif not reply.done():
        reply.set_result(source.result())


def _refuse(reply: Future[Any], error: BaseException) -> None:
    if not reply.done():
        reply.set_exception(error)
