"""ActorRef: a reference to an actor on the event loop. Below is each promise of `pykka.ActorRef`, and whether it holds here.

`tell` puts the message in the mailbox, or raises `ActorDeadError`.
    Holds. If the mailbox is full it does not block: it raises `MailboxFull`, and an ephemeral message is dropped and counted.
    `await send(...)` waits for room.
`ask(block=False)` gives a future with the reply or the exception.
    Holds. It is an `asyncio.Future`, which may be done already. After `timeout` seconds it raises `pykka.Timeout`.
`ask(block=True)` and `future.get()` block the thread.
    Refused (TypeError; no such method): it would block all actors. Other threads call `ask_threadsafe(...).result()`.
`stop()` lets the actor handle what was sent before. It gives True, or False if the actor was dead; later messages raise
`ActorDeadError`.
    Holds; it is awaitable. `stop(now=True)` goes ahead of the messages that wait.
`is_alive()`, `actor_class`, `actor_urn`, `actor_inbox`, `actor_stopped`, `str`, `repr`.
    Hold. The URN and the event are made when they are first used.
`proxy()` and proxy messages.
    Refused (TypeError): access to another actor's attributes hides who tells what to whom. Messages are values.
Everything is safe from every thread.
    Refused, except for `tell_threadsafe` and `ask_threadsafe`.
`ActorRegistry` finds every running actor.
    Refused: it is a list, and removing one of 50,000 actors costs 2 ms. `actors.runtime.metrics` knows the running actors.
"""

from __future__ import annotations

import concurrent.futures
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

import pykka

from actors.runtime.dead_letters import dead_letters
from actors.runtime.mailbox import EPHEMERAL, Mailbox, MailboxFull
from domain.ask import Ask

if TYPE_CHECKING:
    from actors.runtime.actor import Actor

M_contra = TypeVar("M_contra", contravariant=True)
R = TypeVar("R")
T = TypeVar("T")


class ActorRef(pykka.ActorRef[Any], Generic[M_contra]):
    """`ActorRef[M]` takes messages of type M. All methods but the `_threadsafe` ones belong to the loop's thread."""

    __slots__ = ("_actor",)

    def __init__(self, actor: Actor[M_contra]) -> None:
        self._actor = actor  # not Pykka's weak reference, which costs 100 bytes an actor

    @property
    def actor_class(self) -> type[Actor[M_contra]]:  # type: ignore[override]  # read only here
        return type(self._actor)

    @property
    def actor_urn(self) -> str:  # type: ignore[override]  # read only here
        return self._actor.actor_urn

    @property
    def actor_inbox(self) -> Mailbox:  # type: ignore[override]  # read only here
        return self._actor.actor_inbox

    @property
    def actor_stopped(self) -> Event:  # type: ignore[override]  # read only here
        return self._actor.actor_stopped

    def is_alive(self) -> bool:
        return not self._actor.dead

    @property
    def full(self) -> bool:
        return self._actor.actor_inbox.full

    def tell(self, message: M_contra) -> None:
        """Raises ActorDeadError, or MailboxFull unless the message is ephemeral."""
        actor = self._actor  # `accept`, inlined: every message goes through here
        if actor.dead:
            raise actor.refusal(message)
        if not actor.actor_inbox.offer((message, None)):
            self._overflow(message)
        elif not actor.scheduled:
            actor.scheduled = True
            actor.run_queue.append(actor)

    async def send(self, message: M_contra) -> None:
        """As `tell`, but waits for room if the mailbox is full. Senders are served in the order in which they came.

        Raises ActorDeadError, also if the actor ends while the sender waits. If the sender is cancelled, nothing is sent.
        """
        taken = self.line_up(message)
        if taken is not None:
            await taken

    def line_up(self, message: M_contra) -> Future[None] | None:
        """`send` without a coroutine: None if the message is in the mailbox, otherwise a future that resolves once it is."""
        mailbox = self._actor.actor_inbox
        envelope = (message, None)
        if not mailbox.has_waiting_senders and self._actor.accept(envelope):
            return None
        if self._actor.dead:
            raise self._actor.refusal(message)
        taken: Future[None] = self._actor.loop.create_future()
        mailbox.put_when_room(envelope, taken)
        return taken

    def ask(self, message: Ask[R], *, timeout: float | None) -> Future[R]:  # type: ignore[override]  # never blocks
        """The reply. Raises, when awaited: pykka.Timeout (in seconds), ActorDeadError, MailboxFull, the handler's error."""
        actor = self._actor  # `accept`, inlined, as in `tell`
        reply: Future[R] = actor.loop.create_future()
        if actor.dead:
            reply.set_exception(actor.refusal(message))
        elif not actor.actor_inbox.offer((message, reply)):
            reply.set_exception(self._is_full())
        else:
            if not actor.scheduled:
                actor.scheduled = True
                actor.run_queue.append_or_serve(actor)
            if timeout is not None and not reply.done():
                actor.run_queue.limit(reply, timeout)
        return reply

    def tell_threadsafe(self, message: M_contra) -> None:
        """From any thread. Raises ActorDeadError. A message that a full mailbox refuses becomes a dead letter."""
        if self._actor.dead:
            raise self._actor.refusal(message)
        self._from_outside(self._tell_or_drop, message)

    def ask_threadsafe(self, message: Ask[R], *, timeout: float | None) -> concurrent.futures.Future[R]:
        """From any thread except the loop's own: `.result()` blocks."""
        result: concurrent.futures.Future[R] = concurrent.futures.Future()
        self._from_outside(self._ask_for, message, timeout, result)
        return result

    def stop(self, *, now: bool = False) -> Future[bool]:  # type: ignore[override]  # never blocks
        """Resolves once the actor has ended: True, or False if it had ended before. What was sent before is handled first, unless
        `now`; what comes later is a dead letter.
        """
        actor = self._actor
        stopped: Future[bool] = actor.loop.create_future()
        was_there = not actor.ended
        if not actor.dead:
            actor.accept_stop(first=now)
        actor.when_ended(lambda _: _resolve(stopped, was_there))
        return stopped

    def kill(self) -> None:
        """End the actor at once: its handler is cancelled, `on_stop` is not called. Idempotent."""
        self._actor.kill()

    def started(self) -> Future[None]:
        """Resolves after `on_start`; raises what `on_start` raised."""
        probe: Future[None] = self._actor.loop.create_future()
        self._actor.when_started(probe)
        return probe

    def ended(self) -> Future[BaseException | None]:
        """Resolves once the actor has ended: to None after a stop or kill, otherwise to the error."""
        ended: Future[BaseException | None] = self._actor.loop.create_future()
        self._actor.when_ended(lambda error: _resolve(ended, error))
        return ended

    def proxy(self) -> NoReturn:
        raise TypeError(f"{self.actor_class.__name__} has no proxy: tell or ask it a message")

    def _overflow(self, message: M_contra) -> None:
        if not EPHEMERAL[type(message)]:
            raise self._is_full()
        self._actor.counters.dropped += 1

    def _is_full(self) -> MailboxFull:
        return MailboxFull(f"{self} has {len(self._actor.actor_inbox)} messages waiting")

    def _from_outside(self, call: Callable[..., None], *args: object) -> None:
        loop: AbstractEventLoop = self._actor.loop
        if loop.is_closed():
            raise pykka.ActorDeadError(f"{self} not found")
        loop.call_soon_threadsafe(call, *args)

    def _tell_or_drop(self, message: M_contra) -> None:
        try:
            self.tell(message)
        except MailboxFull:
            dead_letters.add(self.actor_class, message, "mailbox full")
        except pykka.ActorDeadError:
            return  # `tell` has counted it as a dead letter

    def _ask_for(self, message: Ask[R], timeout: float | None, result: concurrent.futures.Future[R]) -> None:
        if result.set_running_or_notify_cancel():
            self.ask(message, timeout=timeout).add_done_callback(partial(_pass_out, result))


def _pass_out(result: concurrent.futures.Future[T], reply: Future[T]) -> None:
    error = reply.exception()
    if error is None:
        result.set_result(reply.result())
    else:
        result.set_exception(error)


def _resolve(future: Future[T], value: T) -> None:
    if not future.done():
        future.set_result(value)
