"""The order in which processes start and stop. A process may be added beside others of its kind, and removed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from control.supervisor.process import Process
from control.supervisor.specs import kind_of, number_of
from domain.settings import Supervisor

logger = logging.getLogger(__name__)


class Stages:
    """Starts processes stage by stage, each when the one before is ready. Stops them in the opposite order."""

    def __init__(self, stages: Sequence[Sequence[Process]], policy: Supervisor) -> None:
        self._stages = [list(stage) for stage in stages]
        self._policy = policy

    @property
    def processes(self) -> list[Process]:
        return [process for stage in self._stages for process in stage]

    @property
    def workers(self) -> list[Process]:
        """By number."""
        return self.of("worker")

    def of(self, kind: str) -> list[Process]:
        """By number."""
        return [process for process in self.processes if kind_of(process.spec.name) == kind]

    async def start(self) -> None:
        for stage in self._stages:
            for process in stage:
                process.start()
            seconds = self._policy.start_seconds
            for process, ready in zip(stage, await asyncio.gather(*(p.ready(seconds) for p in stage)), strict=True):
                if not ready:
                    logger.warning("%s is %s; going on without it", process.spec.name, process.state)

    def add(self, process: Process) -> None:
        """Starts the process beside the others of its kind."""
        kind = kind_of(process.spec.name)
        stage = next(stage for stage in self._stages if any(kind_of(other.spec.name) == kind for other in stage))
        stage.append(process)
        stage.sort(key=lambda process: number_of(process.spec.name))
        process.start()

    async def remove(self, process: Process) -> None:
        """Stops the process, and returns when it has ended."""
        await process.stop(self._policy.drain_seconds)
        next(stage for stage in self._stages if process in stage).remove(process)

    async def stop(self) -> None:
        for stage in reversed(self._stages):
            await asyncio.gather(*(process.stop(self._policy.drain_seconds) for process in stage))

    def kill(self) -> None:
        for process in self.processes:
            process.kill()
