"""Supervisor: starts, restarts and stops its children, each made from a spec.

- Children start in the order of their specs, one after the other. A child has started once its `on_start` has returned. A factory
  or `on_start` that raises, or takes longer than `start_timeout`, is a failed start.
- One for one: a child that ends is restarted alone, after a pause that doubles, as its `Restart` says.
- Each child has a budget of restarts within a time. When it is spent, the supervisor stops its other children and ends with
  `Escalated`. Its owner sees that in `ended()`: a supervisor above restarts the group within its own budget; a worker exits
  non-zero, and its process is restarted.
- `stop` stops the children in reverse order, those of one `group` together. All share one deadline; who is not done by then is
  killed.

Others hold a `Handle`, which stays valid across restarts. A message told to a child that is being restarted is refused with
ActorDeadError, as by any dead actor. Senders that must not lose a message use `await send`.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections.abc import Mapping, Sequence
from typing import Any

from actors.runtime.child import Child, ChildSpec, StartFailed
from actors.runtime.handle import Handle
from actors.runtime.ref import ActorRef
from domain.processes import SupervisedChild

CORE = "core"

logger = logging.getLogger(__name__)


class Supervisor:
    """`await start()` starts the children of `specs`. Others can be added and removed later (`start_child`, `stop_child`)."""

    def __init__(self, name: str, specs: Sequence[ChildSpec] = (), *, stop_timeout: float = 10.0) -> None:
        self.name = name
        self._specs = tuple(specs)
        self._stop_timeout = stop_timeout
        self._children: dict[str, Child] = {}
        self._starting: Task[None] | None = None
        self._ending: Task[None] | None = None
        self._end: Future[BaseException | None] = asyncio.get_running_loop().create_future()

    def launch(self) -> Supervisor:
        """Start in a task of its own: for the factory of a group under another supervisor."""
        self._starting = asyncio.create_task(self.start())
        return self

    async def start(self) -> None:
        """Start the children in order. If one does not start, stop the others and raise its StartFailed or Escalated."""
        try:
            for spec in self._specs:
                await self.start_child(spec)
        except BaseException as error:
            await asyncio.shield(self._shut_down(error))
            raise

    async def start_child(self, spec: ChildSpec) -> Handle[Any]:
        """Return once it has started. Raises StartFailed or Escalated; the supervisor and its other children go on."""
        if self._ending is not None or self._end.done():
            raise StartFailed(f"{self.name} is stopping")
        if spec.name in self._children:
            raise ValueError(f"{self.name} has a child named {spec.name} already")
        child = self._children[spec.name] = Child(spec)
        try:
            await child.start()
        except BaseException:
            child.handle.close()
            self._children.pop(spec.name, None)
            raise
        child.restart_loop = asyncio.create_task(child.keep_running())
        child.restart_loop.add_done_callback(lambda loop: self._restart_loop_ended(child, loop))
        return child.handle

    async def stop_child(self, name: str, *, within: float | None = None) -> bool:
        """False if there is none of that name. `within`: seconds until it is killed."""
        child = self._children.pop(name, None)
        if child is None:
            return False
        await child.stop(self._deadline(within))
        return True

    def restart_child(self, name: str) -> bool:
        """Ask it to stop when it has handled what waits; then it is started again. False if there is none of that name, or it
        would not be started again.
        """
        child = self._children.get(name)
        if child is None or child.current is None or not child.restartable:
            return False
        logger.info("%s is asked to restart", name)
        child.current.stop()
        return True

    def groups(self) -> Mapping[str, tuple[SupervisedChild, ...]]:
        """Its children by group. Those without one are the group `CORE`."""
        found: dict[str, tuple[SupervisedChild, ...]] = {}
        for name, child in self._children.items():
            group = child.spec.group or CORE
            found[group] = (*found.get(group, ()), _seen(name, child))
        return found

    def handle(self, name: str) -> Handle[Any]:
        """Raises KeyError."""
        return self._children[name].handle

    @property
    def names(self) -> tuple[str, ...]:
        """Of its children, in the order of their start."""
        return tuple(self._children)

    def started(self) -> Future[None]:
        if self._starting is None:
            raise RuntimeError(f"{self.name} was not launched")
        return asyncio.shield(self._starting)

    def ended(self) -> Future[BaseException | None]:
        """Resolves to None after a stop, to Escalated if a child's budget was spent."""
        return asyncio.shield(self._end)

    def stop(self, *, within: float | None = None) -> Future[bool]:
        """Stop all children in reverse order, a group at once. Resolves to True, also if it had ended before."""
        return asyncio.create_task(self._stop(within))

    def kill(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
        for child in reversed(self._children.values()):
            if child.restart_loop is not None:
                child.restart_loop.cancel()
            if child.current is not None:
                child.current.kill()
            child.handle.close()
        if not self._end.done():
            self._end.set_result(None)

    async def _stop(self, within: float | None) -> bool:
        await asyncio.shield(self._shut_down(None, within))
        return True

    def _shut_down(self, error: BaseException | None, within: float | None = None) -> Task[None]:
        if self._ending is None:
            self._ending = asyncio.create_task(self._end_all(error, self._deadline(within)))
        return self._ending

    async def _end_all(self, error: BaseException | None, deadline: float) -> None:
        if self._starting is not None and not self._starting.done() and error is None:
            self._starting.cancel()
        while self._children:
            await asyncio.gather(*(child.stop(deadline) for child in self._last_group()))
        if not self._end.done():
            self._end.set_result(error)

    def _last_group(self) -> list[Child]:
        """Remove and return the last child, with those of its group that were started right before it."""
        _, child = self._children.popitem()
        group = [child]
        while child.spec.group and self._children and next(reversed(self._children.values())).spec.group == child.spec.group:
            group.append(self._children.popitem()[1])
        return group

    def _deadline(self, within: float | None) -> float:
        return asyncio.get_running_loop().time() + (self._stop_timeout if within is None else within)

    def _restart_loop_ended(self, child: Child, loop: Task[None]) -> None:
        if loop.cancelled():
            return
        error = loop.exception()
        if error is not None:
            logger.critical("%s gives up: %s", self.name, error)
            self._shut_down(error)
        elif self._children.get(child.spec.name) is child:
            del self._children[child.spec.name]


def _seen(name: str, child: Child) -> SupervisedChild:
    actor = child.current.actor_class.__name__ if isinstance(child.current, ActorRef) else ""
    return SupervisedChild(name=name, actor=actor, recent=child.recent(), restartable=child.restartable)
