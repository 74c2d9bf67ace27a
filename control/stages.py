"""The order in which processes start and stop."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from control.processes import Process
from domain.settings import Supervisor

logger = logging.getLogger(__name__)


class Stages:
    """Starts processes stage after stage, each as soon as the one before is ready; stops them the other way round."""

    def __init__(self, stages: Sequence[Sequence[Process]], policy: Supervisor) -> None:
        self._stages = stages
        self._policy = policy

    @property
    def processes(self) -> list[Process]:
        return [process for stage in self._stages for process in stage]

    async def start(self) -> None:
        for stage in self._stages:
            for process in stage:
                process.start()
            seconds = self._policy.start_seconds
            for process, ready in zip(stage, await asyncio.gather(*(p.ready(seconds) for p in stage)), strict=True):
                if not ready:
                    logger.warning("%s is %s; going on without it", process.spec.name, process.state)

    async def stop(self) -> None:
        for stage in reversed(self._stages):
            await asyncio.gather(*(process.stop(self._policy.drain_seconds) for process in stage))

    def kill(self) -> None:
        for process in self.processes:
            process.kill()
