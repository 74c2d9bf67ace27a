"""The order in which processes start and stop. Workers may be added to their stage and removed from it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from control.supervisor.process import Process
from control.supervisor.specs import is_worker, number_of
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
        return [process for process in self.processes if is_worker(process.spec.name)]

    async def start(self) -> None:
        for stage in self._stages:
            for process in stage:
                process.start()
            seconds = self._policy.start_seconds
            for process, ready in zip(stage, await asyncio.gather(*(p.ready(seconds) for p in stage)), strict=True):
                if not ready:
                    logger.warning("%s is %s; going on without it", process.spec.name, process.state)

    def add(self, worker: Process) -> None:
        """Starts the worker beside the others."""
        stage = self._stage_of_workers()
        stage.append(worker)
        stage.sort(key=lambda process: number_of(process.spec.name))
        worker.start()

    async def remove(self, worker: Process) -> None:
        """Stops the worker, and returns when it has ended."""
        await worker.stop(self._policy.drain_seconds)
        self._stage_of_workers().remove(worker)

    async def stop(self) -> None:
        for stage in reversed(self._stages):
            await asyncio.gather(*(process.stop(self._policy.drain_seconds) for process in stage))

    def kill(self) -> None:
        for process in self.processes:
            process.kill()

    def _stage_of_workers(self) -> list[Process]:
        return next(stage for stage in self._stages if any(is_worker(process.spec.name) for process in stage))
