"""What a supervisor knows of one child: the spec, as data, and the loop that keeps it up."""

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
    """That many within `seconds` are borne; one more goes up."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """Pauses before a restart: `first`, then times `factor` up to `longest`. Restarts longer ago than the budget's time are
    forgotten.
    """

    first: float = 0.1
    longest: float = 15.0
    factor: float = 2.0

    def pause(self, restarts: int) -> float:
        """`restarts`: how many there were lately, this one included."""
        return min(self.longest, self.first * self.factor ** (restarts - 1))


class Supervised(Protocol):
    """What can be a child: a `ActorRef`, or another `Supervisor`."""

    def started(self) -> Future[None]: ...

    def ended(self) -> Future[BaseException | None]: ...

    def stop(self) -> Future[bool]: ...

    def kill(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    name: str
    factory: Callable[[], Supervised]
    """Starts the child: `lambda: MatcherActor.start(pool)`. Called again for every restart."""
    restart: Restart = Restart.PERMANENT
    budget: Budget = Budget(restarts=5, seconds=60.0)
    backoff: Backoff = Backoff()
    start_timeout: float = 30.0
    group: str = ""
    """Children of one group that were started one after the other are stopped together."""


class StartFailed(MasqueradeError):  # noqa: N818 - names what happened
    """A child did not come up; the cause is attached."""


class Escalated(MasqueradeError):  # noqa: N818 - names what happened
    """A child needed more restarts than its budget allows."""


class Child:
    """A spec and where it stands."""

    __slots__ = ("current", "handle", "keeper", "restarts", "spec")

    def __init__(self, spec: ChildSpec) -> None:
        self.spec = spec
        self.handle: Handle[Any] = Handle(spec.name)
        self.current: Supervised | None = None
        self.keeper: Task[None] | None = None
        self.restarts: deque[float] = deque()
        """When, by the loop's clock, within the budget's time."""

    async def come_up(self) -> None:
        """Start until it is up. Raises StartFailed or Escalated."""
        while True:
            try:
                return await self._start()
            except StartFailed as error:
                if self.spec.restart is Restart.TEMPORARY:
                    raise
                logger.warning("%s", where(error))
                await self._pause(error)

    async def keep(self) -> None:
        """Start it again whenever it ends, until it may stay ended. Raises Escalated."""
        while self.current is not None:
            error = await self.current.ended()
            self.handle.lost()
            if not self._wanted_after(error):
                self.handle.close()
                return
            await self._pause(error)
            await self.come_up()
            if isinstance(self.current, ActorRef):
                counters_of(self.current.actor_class).restarted += 1
            logger.info("%s is up again", self.spec.name)

    async def end(self, deadline: float) -> None:
        """Stop it, or kill it at `deadline`; it will not be started again."""
        self.handle.close()
        if self.keeper is not None:
            self.keeper.cancel()
            await asyncio.wait((self.keeper,))
        if self.current is None:
            return
        try:
            async with asyncio.timeout_at(deadline):
                await self.current.stop()
        except TimeoutError:
            logger.warning("%s did not stop in time and was killed", self.spec.name)
        finally:
            self.current.kill()

    def _wanted_after(self, error: BaseException | None) -> bool:
        match self.spec.restart:
            case Restart.PERMANENT:
                return True
            case Restart.TRANSIENT:
                return error is not None
            case Restart.TEMPORARY:
                return False

    async def _start(self) -> None:
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
