"""More workers, fewer workers, while the house runs."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence

from control.supervisor.gather import report_of
from control.supervisor.installation import Installation
from control.supervisor.job_runner import Refused, Say
from control.supervisor.processes import DOWN, SETTLED, Process
from control.supervisor.specs import number_of
from control.supervisor.stages import Stages
from domain.settings import Supervisor
from domain.status import ProcessState

MOST_WORKERS = 256
"""More than any machine has processors for; a slip of the finger must not start them all."""

PATIENCE = 4
"""Times `supervisor.start_seconds`: a machine that is busy with a start needs longer than one that is not."""

SAID = {
    ProcessState.STARTING: "is not ready",
    ProcessState.READY: "has become ready",
    ProcessState.DRAINING: "is stopping again",
    ProcessState.BACKOFF: "has crashed",
    ProcessState.FATAL: "is down for good",
    ProcessState.STOPPED: "is stopped",
}


class Crew:
    def __init__(self, stages: Stages, make: Callable[[int], Process], policy: Supervisor, installation: Installation) -> None:
        """`make` gives the worker of a number, not started yet."""
        self._stages = stages
        self._make = make
        self._policy = policy
        self._installation = installation

    async def scale(self, wanted: int, say: Say) -> None:
        if not 1 <= wanted <= MOST_WORKERS:
            raise Refused(f"{wanted} workers cannot be: at least 1, at most {MOST_WORKERS}; to end everything, stop")
        before = self._stages.workers
        if wanted == len(before):
            say(f"{counted(wanted)} already")
            return
        if wanted > len(before):
            await self._installation.look_again(say)
            await self._installation.room_for(wanted)
            await self._grow(wanted - len(before), say)
        else:
            await self._shrink(before[wanted:], say)
        say(f"{counted(wanted)} now, until the supervisor stops; cluster.workers (WORKERS) in the settings is for good")

    def hire(self, number: int, say: Say) -> Process:
        """Started; for `awaited`."""
        worker = self._make(number)
        self._stages.add(worker)
        say(f"{worker.spec.name} starts")
        return worker

    async def dismiss(self, worker: Process, say: Say) -> None:
        name, began, was_down = worker.spec.name, now(), worker.state in DOWN
        say(f"{name} {_leaving(worker.state)}")
        await self._stages.remove(worker)
        say(f"{name} is gone" if was_down else farewell(worker, began, self._policy))

    def free_number(self) -> int:
        return next(self._free_numbers())

    async def _grow(self, count: int, say: Say) -> None:
        hired = [self.hire(number, say) for number in list(itertools.islice(self._free_numbers(), count))]
        waiting = (awaited(worker, self._policy.start_seconds, say) for worker in hired)
        for worker, outcome in zip(hired, await asyncio.gather(*waiting, return_exceptions=True), strict=True):
            if isinstance(outcome, Refused):
                raise Refused(f"{outcome}; {_mend(worker)}, or scale down to give it up")
            if outcome is not None:
                raise outcome

    async def _shrink(self, leaving: Sequence[Process], say: Say) -> None:
        await asyncio.gather(*(self.dismiss(worker, say) for worker in reversed(leaving)))

    def _free_numbers(self) -> itertools.filterfalse[int]:
        taken = {number_of(worker.spec.name) for worker in self._stages.workers}
        return itertools.filterfalse(taken.__contains__, itertools.count(1))


def counted(workers: int) -> str:
    return f"{workers} worker{'s' * (workers != 1)}"


def _leaving(state: ProcessState) -> str:
    if state in {ProcessState.READY, ProcessState.DRAINING}:
        return "finishes what is under way and hands its bots over"
    return f"{SAID[state]} and is given up"


def _mend(worker: Process) -> str:
    if worker.state is ProcessState.FATAL:
        return f"mend that, then: python supervisor.py restart {worker.spec.name}"
    return "it goes on trying: mend that"


def farewell(process: Process, began: float, policy: Supervisor) -> str:
    if process.was_killed:
        return f"{process.spec.name} did not finish within {policy.drain_seconds:g} s (supervisor.drain_seconds) and was killed"
    return f"{process.spec.name} is gone after {now() - began:.1f} s"


async def awaited(process: Process, seconds: float, say: Say) -> None:
    """Until it is ready, with a word every `seconds`. Raises `Refused` where it fails, or is not ready after several of them."""
    began = now()
    while not await process.ready(seconds):
        line = f"{process.spec.name} {SAID[process.state]} after {now() - began:.1f} s{await _why(process)}"
        if process.state in SETTLED or now() - began > PATIENCE * seconds:
            raise Refused(line)
        say(line)
    say(f"{process.spec.name} is ready after {now() - began:.1f} s")


async def _why(process: Process) -> str:
    """In brackets, where anything is known."""
    report = await report_of(process)
    reason = next(iter(report.problems), process.status().last_error)
    return f" ({reason})" if reason else ""


def now() -> float:
    return asyncio.get_running_loop().time()
