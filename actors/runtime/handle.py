"""Handle: a reference to a supervised actor that stays valid when the actor is restarted."""

from __future__ import annotations

import asyncio
from asyncio import Future
from typing import Generic, TypeVar

import pykka

from actors.runtime.dead_letters import dead_letters
from actors.runtime.ref import ActorRef
from domain.ask import Ask

M = TypeVar("M")
R = TypeVar("R")


class Handle(Generic[M]):
    """`current` is the child that is running; None while it is being started, and for ever once the handle is `closed`."""

    __slots__ = ("_waiting", "closed", "current", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False
        self.current: ActorRef[M] | None = None
        self._waiting: list[Future[ActorRef[M]]] = []

    def is_alive(self) -> bool:
        return self.current is not None and self.current.is_alive()

    @property
    def full(self) -> bool:
        return self.current is not None and self.current.full

    def tell(self, message: M) -> None:
        """As `ActorRef.tell`."""
        if self.current is None:
            dead_letters.add(type(self), message, f"{self.name} is not up")
            raise self._is_down()
        self.current.tell(message)

    def ask(self, message: Ask[R], *, timeout: float | None) -> Future[R]:
        """As `ActorRef.ask`."""
        if self.current is not None:
            return self.current.ask(message, timeout=timeout)
        reply: Future[R] = asyncio.get_running_loop().create_future()
        reply.set_exception(self._is_down())
        return reply

    async def send(self, message: M) -> None:
        """As `ActorRef.send`; waits while the child is restarted. Raises ActorDeadError if it will not be started again."""
        while True:
            current = await self.available()
            try:
                return await current.send(message)
            except pykka.ActorDeadError:
                continue  # the message was not taken; the restarted child may take it

    async def available(self) -> ActorRef[M]:
        """The running child, as soon as there is one. Raises ActorDeadError if it will not be started again."""
        if self.current is not None and self.current.is_alive():
            return self.current
        if self.closed:
            raise self._is_down()
        waiting: Future[ActorRef[M]] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        return await waiting

    # Called by its supervisor

    def found(self, current: ActorRef[M]) -> None:
        self.current = current
        for waiting in self._take_waiting():
            waiting.set_result(current)

    def lost(self) -> None:
        self.current = None

    def close(self) -> None:
        self.closed = True
        for waiting in self._take_waiting():
            waiting.set_exception(self._is_down())

    def _take_waiting(self) -> list[Future[ActorRef[M]]]:
        waiting, self._waiting = self._waiting, []
        return [future for future in waiting if not future.done()]

    def _is_down(self) -> pykka.ActorDeadError:
        return pykka.ActorDeadError(f"{self.name} is not up")
