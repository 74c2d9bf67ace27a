"""Asks every worker for its part of the supervision tree."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from socket import gethostname
from typing import Any

import msgspec

from control.supervisor.job_runner import JobRunner, Refused
from control.supervisor.process import Process
from control.supervisor.specs import is_worker
from control.supervisor.stages import Stages
from domain.errors import Unavailable
from domain.processes import ActorGroup, ProcessNode, SupervisionTree
from domain.status import ProcessState

SECONDS = 2.0
"""For one worker to answer."""


class Tree:
    def __init__(self, stages: Stages, jobs: JobRunner) -> None:
        self._stages = stages
        self._jobs = jobs

    async def look(self, _request: Mapping[str, Any]) -> SupervisionTree:
        nodes = await asyncio.gather(*map(_node, self._stages.processes))
        return SupervisionTree(machine=gethostname(), processes=tuple(nodes), operation=self._jobs.operation)

    async def actors(self, request: Mapping[str, Any]) -> Sequence[Any]:
        """The fullest actors of the class `actor` in the process `process`."""
        answer: Sequence[Any] = await self._worker(request).ask("actors", seconds=SECONDS, actor=str(request.get("actor", "")))
        return answer

    async def restart_actor(self, request: Mapping[str, Any]) -> None:
        """Asks the supervised actor `child` of the process `process` to restart."""
        await self._worker(request).ask("restart_actor", seconds=SECONDS, child=str(request.get("child", "")))

    def _worker(self, request: Mapping[str, Any]) -> Process:
        name = str(request.get("process", ""))
        found = [process for process in self._stages.workers if process.spec.name == name]
        if not found:
            raise Refused(f"there is no worker {name}")
        return found[0]


async def _node(process: Process) -> ProcessNode:
    if not is_worker(process.spec.name) or process.state not in {ProcessState.READY, ProcessState.DRAINING}:
        return ProcessNode(process=process.status())
    try:
        groups = msgspec.convert(await process.ask("tree", seconds=SECONDS), tuple[ActorGroup, ...])
    except (Unavailable, msgspec.ValidationError) as error:
        return ProcessNode(process=process.status(), trouble=str(error))
    return ProcessNode(process=process.status(), groups=groups)
