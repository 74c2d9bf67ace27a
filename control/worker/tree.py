"""A worker's part of the supervision tree, and what an operator can do with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actors.runtime.metrics import fullest, snapshot
from actors.runtime.supervision import Supervisor
from control.child import Child
from domain.errors import Unavailable
from domain.processes import ActorGroup, ActorNow

FULLEST = 50
ON_DEMAND = "on demand"


def register(child: Child, supervision: Supervisor) -> None:
    """From now on the worker answers the questions about its tree."""

    async def tree(_request: Mapping[str, Any]) -> tuple[ActorGroup, ...]:
        return groups_of(supervision)

    async def actors(request: Mapping[str, Any]) -> tuple[ActorNow, ...]:
        return fullest(str(request["actor"]), FULLEST)

    async def restart_actor(request: Mapping[str, Any]) -> None:
        name = str(request["child"])
        if not supervision.restart_child(name):
            raise Unavailable(f"{name} cannot be restarted now: it is not up, or was restarted too often lately")

    child.answer("tree", tree)
    child.answer("actors", actors)
    child.answer("restart_actor", restart_actor)


def groups_of(supervision: Supervisor) -> tuple[ActorGroup, ...]:
    """A class that no supervised child is of was started by other actors, when it was needed."""
    stats = {row.name: row for row in snapshot()}
    groups = []
    for name, children in supervision.groups().items():
        classes = dict.fromkeys(child.actor for child in children if child.actor)
        rows = tuple(stats.pop(actor) for actor in sorted(classes) if actor in stats)
        groups.append(ActorGroup(name=name, actors=rows, children=children))
    return (*groups, ActorGroup(name=ON_DEMAND, actors=tuple(stats.values()))) if stats else tuple(groups)
