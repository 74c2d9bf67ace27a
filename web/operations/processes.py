"""The supervision tree of this machine, and what can be done with it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from domain.actor_stats import ActorStats
from domain.errors import Declined
from domain.panel.speeds import Speeds
from domain.ports.processes import Processes
from domain.ports.review import Act, ActLog
from domain.processes import ActorNow, OperationUnderWay, ProcessNode, SupervisedChild, SupervisionTree
from domain.status import Neighbour, ProcessStatus
from web.access.viewer import Viewer, operator_of
from web.api.errors import Refused
from web.api.operation import operation
from web.operations.admins import moment
from web.shared import Shared
from web.supervisor_status import SupervisorStatus

ProcessName = Annotated[str, Meta(pattern="^(worker|panel|sandbox)(-[0-9]{1,4})?$", max_length=16)]
WorkerName = Annotated[str, Meta(pattern="^worker-[0-9]{1,4}$", max_length=16)]
ActorName = Annotated[str, Meta(pattern="^[A-Za-z]{1,60}$", max_length=60)]
ChildName = Annotated[str, Meta(pattern="^[a-z0-9-]{1,60}$", max_length=60)]
OperationNumber = Annotated[int, Meta(ge=1, le=2**53 - 1)]
LONGEST = 100_000
TREE_SECONDS = 1.5
"""For so long all viewers share one reading: a worker with 50,000 actors counts for 25 ms."""


class ActorClass(msgspec.Struct, frozen=True, kw_only=True):
    """All actors of one class in one process. Counts are since the start of the process."""

    name: str
    alive: int
    queued: int
    """Messages in their mailboxes now."""
    fullest: int
    """Messages in the fullest mailbox now."""
    limit: int
    """Messages that one mailbox may hold; 0 while none runs."""
    per_second: float | None
    """Messages handled a second; null until it was read twice."""
    handled: int
    slow: int
    failed: int
    restarts: int
    last_error: str
    last_error_at: datetime | None


class Group(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    actors: Sequence[ActorClass]
    children: Sequence[SupervisedChild]
    """Those that supervision starts again when they end."""


class ProcessTree(msgspec.Struct, frozen=True, kw_only=True):
    process: ProcessStatus
    groups: Sequence[Group]
    trouble: str
    """Why its actors are not known; empty where they are."""


class ProcessesAnswer(msgspec.Struct, frozen=True, kw_only=True):
    machine: str
    processes: Sequence[ProcessTree]
    operation: OperationUnderWay | None
    """What an operator has asked for, and is being done."""
    elsewhere: Sequence[Neighbour]
    """Workers on other machines."""


class FullestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    items: Sequence[ActorNow]
    """Those with most messages waiting, at most 50."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    operation: int
    """For `GET /api/operations/{number}`."""


class ScaleBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Literal["worker", "panel"]
    count: Annotated[int, Meta(ge=1, le=256)]


class FollowQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    known: Annotated[int, Meta(ge=0, le=LONGEST)] = 0
    """How many lines the asker has already."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    lines: Sequence[str]
    """Those after `known`."""
    over: bool
    failure: str
    """Why it was refused or failed; empty if it succeeded, or is not over."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    process: str
    child: str


class ProcessTable:
    def __init__(self, processes: Processes, supervisor: SupervisorStatus, acts: ActLog) -> None:
        self.processes = processes
        self.supervisor = supervisor
        self.acts = acts
        self.speeds = Speeds()
        self._tree = Shared(self._look, TREE_SECONDS)

    async def _look(self) -> SupervisionTree:
        tree = await self.processes.tree()
        self.speeds.read(tree, asyncio.get_running_loop().time())
        return tree

    @operation("GET", "/api/processes", act="processes.read")
    async def read_processes(self) -> ProcessesAnswer:
        """The supervision tree: processes, groups of actors, and their classes."""
        tree, status = await asyncio.gather(self._tree.get(), self.supervisor.status())
        return ProcessesAnswer(
            machine=tree.machine,
            processes=[self._shown(node) for node in tree.processes],
            operation=tree.operation,
            elsewhere=status.elsewhere,
        )

    @operation("GET", "/api/processes/{process}/actors/{actor}", act="processes.read", errors=("conflict",))
    async def read_fullest(self, process: WorkerName, actor: ActorName) -> FullestAnswer:
        """The 50 fullest actors of one class in one worker."""
        try:
            return FullestAnswer(items=await self.processes.fullest(process, actor))
        except Declined as error:
            raise Refused("conflict", str(error)) from error

    @operation("POST", "/api/processes/{process}/restart", act="processes.restart", status=202, errors=("conflict",))
    async def restart_process(self, viewer: Viewer, process: ProcessName) -> Begun:
        """Restart one process. A worker hands its bots over first."""
        tree = await self.processes.tree()
        if process not in {node.process.name for node in tree.processes}:
            raise Refused("not_found", "There is no such process.", field="process")
        return await self._begun(viewer, "restart", process, name=process)

    @operation(
        "POST", "/api/processes/{process}/children/{child}/restart", act="processes.restart", status=202, errors=("conflict",)
    )
    async def restart_child(self, viewer: Viewer, process: WorkerName, child: ChildName) -> Asked:
        """Restart one supervised actor: it handles what waits, stops, and is started again."""
        node = _named(await self.processes.tree(), process)
        if node is None or child not in {each.name for group in node.groups for each in group.children}:
            raise Refused("not_found", "There is no such actor.", field="child")
        await self._audited(viewer, "restart actor", f"{process}/{child}")
        try:
            await self.processes.restart_actor(process, child)
        except Declined as error:
            raise Refused("conflict", str(error), field="child") from error
        return Asked(process=process, child=child)

    @operation("POST", "/api/processes/scale", act="processes.scale", status=202, errors=("conflict",))
    async def scale_processes(self, viewer: Viewer, body: ScaleBody) -> Begun:
        """Set how many workers or panels run, until the supervisor stops."""
        if body.kind == "panel" and body.count > 16:
            raise Refused("invalid", "At most 16 panels.", field="count")
        return await self._begun(viewer, "scale", body.kind, workers=body.count, kind=body.kind)

    @operation("GET", "/api/operations/{number}", act="processes.read")
    async def read_operation(self, number: OperationNumber, query: FollowQuery) -> Progress:
        """What an operation has said so far. Waits up to two seconds for a line that is new."""
        progress = await self.processes.follow(number, query.known)
        return Progress(lines=progress.lines, over=progress.over, failure=progress.failure)

    async def _begun(self, viewer: Viewer, what: str, target: str, **arguments: Any) -> Begun:
        await self._audited(viewer, what, target, arguments.get("workers"))
        try:
            return Begun(operation=await self.processes.begin(what, **arguments))
        except Declined as error:
            raise Refused("conflict", str(error)) from error

    async def _audited(self, viewer: Viewer, what: str, target: str, after: Any = None) -> None:
        """Before it is done: what cannot be recorded is not done."""
        await self.acts.add(Act(operator=operator_of(viewer), name=what, target=f"process:{target}", after=after))

    def _shown(self, node: ProcessNode) -> ProcessTree:
        groups = [
            Group(name=group.name, actors=[self._class(node.process, stats) for stats in group.actors], children=group.children)
            for group in node.groups
        ]
        return ProcessTree(process=node.process, groups=groups, trouble=node.trouble)

    def _class(self, process: ProcessStatus, stats: ActorStats) -> ActorClass:
        return ActorClass(
            name=stats.name,
            alive=stats.alive,
            queued=stats.queued,
            fullest=stats.deepest,
            limit=stats.limit,
            per_second=self.speeds.of(process.name, process.pid, stats.name),
            handled=stats.handled,
            slow=stats.slow,
            failed=stats.failed,
            restarts=stats.restarted,
            last_error=stats.last_error,
            last_error_at=moment(stats.last_error_at),
        )


def _named(tree: SupervisionTree, process: str) -> ProcessNode | None:
    return next((node for node in tree.processes if node.process.name == process), None)
