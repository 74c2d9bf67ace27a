"""The processes of this machine, and what an operator does with them. The supervisor implements it, over the control socket.

Each method raises `domain.errors.Unavailable` where no supervisor answers, and `Declined` where it does not do that now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from domain.processes import ActorNow, JobProgress, SupervisionTree


class Processes(Protocol):
    async def tree(self) -> SupervisionTree: ...

    async def fullest(self, process: str, actor: str) -> Sequence[ActorNow]:
        """Of one class of actors in one process, those with most messages waiting."""
        ...

    async def begin(self, operation: str, **arguments: Any) -> int:
        """Start an operation that takes a while, such as `restart`. Its number, for `follow`."""
        ...

    async def follow(self, number: int, known: int) -> JobProgress:
        """What the operation has said beyond its first `known` lines. Waits up to two seconds for a line."""
        ...

    async def restart_actor(self, process: str, child: str) -> None:
        """Ask an actor that is supervised to stop when it has handled what waits; then it is started again."""
        ...
