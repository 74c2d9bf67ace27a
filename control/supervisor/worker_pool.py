"""Starts and stops single workers while Masquerade runs, and tells the operator of each step."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from control.supervisor.job_runner import Say
from control.supervisor.process import DOWN, Process
from control.supervisor.readiness import STATE_TEXTS, departure, now
from control.supervisor.specs import number_of
from control.supervisor.stages import Stages
from domain.settings import Supervisor
from domain.status import ProcessState


class WorkerPool:
    def __init__(self, stages: Stages, make: Callable[[int], Process], policy: Supervisor) -> None:
        """`make` builds the worker of a number without starting it."""
        self._stages = stages
        self._make = make
        self._policy = policy

    @property
    def workers(self) -> list[Process]:
        """By number."""
        return self._stages.workers

    def start(self, number: int, say: Say) -> Process:
        """Starts the worker of that number and does not wait for it: see `until_ready`."""
        worker = self._make(number)
        self._stages.add(worker)
        say(f"{worker.spec.name} starts")
        return worker

    async def stop(self, worker: Process, say: Say) -> None:
        """Returns when the worker has ended. It is killed if it takes longer than `supervisor.drain_seconds`."""
        name, began, was_down = worker.spec.name, now(), worker.state in DOWN
        say(f"{name} {_leaving(worker.state)}")
        await self._stages.remove(worker)
        say(f"{name} is gone" if was_down else departure(worker, began, self._policy))

    def free_numbers(self, count: int) -> list[int]:
        """The lowest `count` numbers that no worker has."""
        taken = {number_of(worker.spec.name) for worker in self.workers}
        return list(itertools.islice(itertools.filterfalse(taken.__contains__, itertools.count(1)), count))


def counted(workers: int) -> str:
    return f"{workers} worker{'s' * (workers != 1)}"


def _leaving(state: ProcessState) -> str:
    if state in {ProcessState.READY, ProcessState.DRAINING}:
        return "finishes what is under way and hands its bots over"
    return f"{STATE_TEXTS[state]} and is given up"
