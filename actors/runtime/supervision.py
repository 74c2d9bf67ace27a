"""Who starts actors again. Specs are data; a `Supervisor` owns the children made from them.

- Children start in the order of their specs, one after the other; a start counts once `on_start` has returned. A factory or
  `on_start` that raises, or takes longer than `start_timeout`, is a failed start.
- One for one: a child that ends is started again by itself, after a pause that doubles, as its `Restart` says.
- A budget of restarts within a time. When it is spent the failure goes up: the supervisor stops its other children and ends with
  `Escalated`. Whoever owns it sees that in `ended()`: a supervisor above starts the group again within its own budget, a worker
  exits non-zero and its process is started again.
- `stop` goes through the children in reverse, those of one `group` together, each with the time left of one deadline; who is not
  done by then is killed.

Others hold a `Handle`: it stays good across restarts and leads to the child that lives now. A message told to a child that is
being started again is refused with ActorDeadError, as by any dead actor: senders that must not lose it use `await send`.
"""

from __future__ import annotations

import asyncio
import logging
from asyncio import Future, Task
from collections.abc import Sequence
from typing import Any

from actors.runtime.child import Child, ChildSpec, StartFailed
from actors.runtime.handle import Handle

logger = logging.getLogger(__name__)


class Supervisor:
    """`await start()` brings the children of `specs` up; more may come and go (`start_child`, `stop_child`)."""

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
        """In order. Where one does not come up the others are stopped again and its StartFailed or Escalated is raised."""
        try:
            for spec in self._specs:
                await self.start_child(spec)
        except BaseException as error:
            await asyncio.shield(self._shut_down(error))
            raise

    async def start_child(self, spec: ChildSpec) -> Handle[Any]:
        """Returns when it is up. Raises StartFailed or Escalated where it does not come up: this once the caller's affair."""
        if self._ending is not None or self._end.done():
            raise StartFailed(f"{self.name} is stopping")
        if spec.name in self._children:
            raise ValueError(f"{self.name} has a child named {spec.name} already")
        child = self._children[spec.name] = Child(spec)
        try:
            await child.come_up()
        except BaseException:
            child.handle.close()
            self._children.pop(spec.name, None)
            raise
        child.keeper = asyncio.create_task(child.keep())
        child.keeper.add_done_callback(lambda keeper: self._kept(child, keeper))
        return child.handle

    async def stop_child(self, name: str, *, within: float | None = None) -> bool:
        """False where there is none of that name."""
        child = self._children.pop(name, None)
        if child is None:
            return False
        await child.end(self._deadline(within))
        return True

    def handle(self, name: str) -> Handle[Any]:
        """Raises KeyError."""
        return self._children[name].handle

    @property
    def names(self) -> tuple[str, ...]:
        """Of its children, in the order they were started."""
        return tuple(self._children)

    def started(self) -> Future[None]:
        if self._starting is None:
            raise RuntimeError(f"{self.name} was not launched")
        return asyncio.shield(self._starting)

    def ended(self) -> Future[BaseException | None]:
        """None after a stop; Escalated where a child's budget was spent."""
        return asyncio.shield(self._end)

    def stop(self, *, within: float | None = None) -> Future[bool]:
        """All children, in reverse order, a group at once. True once done, also where it had ended before."""
        return asyncio.create_task(self._stop(within))

    def kill(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
        for child in reversed(self._children.values()):
            if child.keeper is not None:
                child.keeper.cancel()
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
            await asyncio.gather(*(child.end(deadline) for child in self._last()))
        if not self._end.done():
            self._end.set_result(error)

    def _last(self) -> list[Child]:
        """Taken out of the children: the last, with those of its group that were started right before it."""
        _, child = self._children.popitem()
        last = [child]
        while child.spec.group and self._children and next(reversed(self._children.values())).spec.group == child.spec.group:
            last.append(self._children.popitem()[1])
        return last

    def _deadline(self, within: float | None) -> float:
        return asyncio.get_running_loop().time() + (self._stop_timeout if within is None else within)

    def _kept(self, child: Child, keeper: Task[None]) -> None:
        if keeper.cancelled():
            return
        error = keeper.exception()
        if error is not None:
            logger.critical("%s gives up: %s", self.name, error)
            self._shut_down(error)
        elif self._children.get(child.spec.name) is child:
            del self._children[child.spec.name]
