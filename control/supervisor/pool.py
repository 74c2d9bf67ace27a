"""Starts and stops single processes of one kind while Masquerade runs, and tells the operator of each step."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from control.supervisor.job_runner import Say
from control.supervisor.process import DOWN, Process
from control.supervisor.readiness import STATE_TEXTS, departure, now
from control.supervisor.specs import is_worker, number_of
from control.supervisor.stages import Stages
from domain.settings import Supervisor
from domain.status import ProcessState


class ProcessPool:
    def __init__(self, kind: str, stages: Stages, make: Callable[[int], Process], policy: Supervisor) -> None:
        """`kind`: worker or panel. `make` builds the process of a number without starting it."""
        self.kind = kind
        self._stages = stages
        self._make = make
        self._policy = policy

    @property
    def processes(self) -> list[Process]:
        """By number."""
        return self._stages.of(self.kind)

    def start(self, number: int, say: Say) -> Process:
        """Starts the process of that number and does not wait for it: see `until_ready`."""
        process = self._make(number)
        self._stages.add(process)
        say(f"{process.spec.name} starts")
        return process

    async def stop(self, process: Process, say: Say) -> None:
        """Returns when the process has ended. It is killed if it takes longer than `supervisor.drain_seconds`."""
        name, began, was_down = process.spec.name, now(), process.state in DOWN
        say(f"{name} {_leaving(process)}")
        await self._stages.remove(process)
        say(f"{name} is gone" if was_down else departure(process, began, self._policy))

    def free_numbers(self, count: int) -> list[int]:
        """The lowest `count` numbers that no process has."""
        taken = {number_of(process.spec.name) for process in self.processes}
        return list(itertools.islice(itertools.filterfalse(taken.__contains__, itertools.count(1)), count))


def counted(count: int, kind: str = "worker") -> str:
    return f"{count} {kind}{'s' * (count != 1)}"


def _leaving(process: Process) -> str:
    if process.state in {ProcessState.READY, ProcessState.DRAINING}:
        return f"finishes what is under way{' and hands its bots over' if is_worker(process.spec.name) else ''}"
    return f"{STATE_TEXTS[process.state]} and is given up"
