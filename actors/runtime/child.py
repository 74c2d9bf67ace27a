"""One child of a supervisor: its spec, as data, and the loop that restarts it."""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from actors.runtime.failures import where
from actors.runtime.handle import Handle
from actors.runtime.metrics import counters_of
from actors.runtime.ref import ActorRef
from domain.errors import MasqueradeError

logger = logging.getLogger(__name__)


class Restart(StrEnum):
    PERMANENT = "permanent"
    """Always."""
    TRANSIENT = "transient"
    """After a failure, not after a stop."""
    TEMPORARY = "temporary"
    """Never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    restarts: int
    """So many within `seconds` are allowed; one more escalates."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The pause before a restart, in seconds: `first`, then multiplied by `factor`, up to `longest`. Restarts before the time of
    the budget do not count.
    """

    first: float = 0.1
    longest: float = 15.0
    factor: float = 2.0

    def pause(self, restarts: int) -> float:
        """Seconds. `restarts`: how many there were within the budget's time, with this one."""
        return min(self.longest, self.first * self.factor ** (restarts - 1))


class Supervised(Protocol):
    """What can be a child: an `ActorRef`, or another `Supervisor`."""

    def started(self) -> Future[None]: ...

    def ended(self) -> Future[BaseException | None]: ...

    def stop(self) -> Future[bool]: ...

    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    name: str
    factory: Callable[[], Supervised]
    """Starts the child, for example `lambda: MatcherActor.start(pool)`. Called again for every restart."""
    restart: Restart = Restart.PERMANENT
    budget: Budget = Budget(restarts=5, seconds=60.0)
    backoff: Backoff = Backoff()
    start_timeout: float = 30.0
    """Seconds."""
    group: str = ""
    """Neighbours of the same group, in the order of their start, are stopped together."""


class StartFailed(MasqueradeError):  # noqa: N818 - names what happened
    """A child did not start; the cause is attached."""


class Escalated(MasqueradeError):  # noqa: N818 - names what happened
    """A child needed more restarts than its budget allows."""


class Child:
    """A spec, and the state of the child that was made from it."""

    __slots__ = ("current", "handle", "restart_loop", "restarts", "spec")

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.handle: Handle[Any] = Handle(spec.name)
        self.current: Supervised | None = None
        self.restart_loop: Task[None] | None = None
        self.restarts: deque[float] = deque()
        """Times of the restarts within the budget's time, by the loop's clock."""

    async def start(self) -> None:
        """Try until it has started. Raises StartFailed or Escalated."""
        while True:
            try:
                return await self._start_once()
            except StartFailed as error:
                if self.spec.restart is Restart.TEMPORARY:
                    raise
                logger.warning("%s", where(error))
                await self._pause(error)

    async def keep_running(self) -> None:
        """Restart it whenever it ends, as its `Restart` says. Raises Escalated."""
        while self.current is not None:
            error = await self.current.ended()
            self.handle.lost()
            if not self._restarts_after(error):
                self.handle.close()
                return
            await self._pause(error)
            await self.start()
            if isinstance(self.current, ActorRef):
                counters_of(self.current.actor_class).restarted += 1
            logger.info("%s was restarted", self.spec.name)

    @property
    def restartable(self) -> bool:
        """Whether it runs, and would be started again after a stop without spending its budget."""
        spent = self.recent() >= self.spec.budget.restarts
        return self.current is not None and self.handle.is_alive() and self.spec.restart is Restart.PERMANENT and not spent

    def recent(self) -> int:
        """How often it was restarted within the time of its budget."""
        since = asyncio.get_running_loop().time() - self.spec.budget.seconds
        return sum(at > since for at in self.restarts)

    async def stop(self, deadline: float) -> None:
        """Stop it for good, and kill it at `deadline` (loop time)."""
        self.handle.close()
        if self.restart_loop is not None:
            self.restart_loop.cancel()
            await asyncio.wait((self.restart_loop,))
        if self.current is None:
            return
        try:
            async with asyncio.timeout_at(deadline):
                await self.current.stop()
        except TimeoutError:
            logger.warning("%s did not stop in time and was killed", self.spec.name)
        finally:
            self.current.kill()

    def _restarts_after(self, error: BaseException | None) -> bool:
        match self.spec.restart:
            case Restart.PERMANENT:
                return True
            case Restart.TRANSIENT:
                return error is not None
            case Restart.TEMPORARY:
                return False

    async def _start_once(self) -> None:
        self.current = None
        try:
            self.current = self.spec.factory()
            async with asyncio.timeout(self.spec.start_timeout):
                await self.current.started()
        except BaseException as error:
            if self.current is not None:
                self.current.kill()
                self.current = None
            if isinstance(error, (Exception, SystemExit)):
                raise StartFailed(f"{self.spec.name} did not start") from error
            raise
        if isinstance(self.current, ActorRef):
            self.handle.found(self.current)

    async def _pause(self, cause: BaseException | None) -> None:
        now, budget = asyncio.get_running_loop().time(), self.spec.budget
        while self.restarts and now - self.restarts[0] >= budget.seconds:
            self.restarts.popleft()
        self.restarts.append(now)
        if len(self.restarts) > budget.restarts:
            raise Escalated(f"{self.spec.name} needed more than {budget.restarts} restarts in {budget.seconds:g} s") from cause
        await asyncio.sleep(self.spec.backoff.pause(len(self.restarts)))
