"""New processes in place of the old, one after the other, each ready before the next one goes."""

from __future__ import annotations

from collections.abc import Sequence

from control.supervisor.installation import Installation
from control.supervisor.job_runner import Refused, Say
from control.supervisor.processes import DOWN, KILL_AFTER, Process
from control.supervisor.specs import is_worker
from control.supervisor.stages import Stages
from control.supervisor.worker_pool import Crew, awaited, farewell, now
from domain.errors import SettingsError
from domain.settings import Supervisor
from domain.status import ProcessState

RETURNED = frozenset(ProcessState) - {ProcessState.DRAINING}


class Roll:
    def __init__(self, stages: Stages, crew: Crew, policy: Supervisor, installation: Installation) -> None:
        self._stages = stages
        self._crew = crew
        self._policy = policy
        self._installation = installation

    async def restart(self, name: str, say: Say) -> None:
        """The process of that name; without one all workers, then the panel. It ends where one does not become ready."""
        chosen = self._named(name) if name else self._everybody()
        await self._installation.look_again(say)
        for place, process in enumerate(chosen):
            try:
                await self._renew(process, say)
            except Refused as error:
                raise Refused(f"{error}{_untouched(chosen[place + 1 :])}; mend that, then restart") from None

    async def relieve(self, process: Process, say: Say) -> None:
        """A new process for one that uses too much memory. None is started beside it: that would need still more."""
        await self._in_place(process, say, why="too much memory")

    def may_relieve(self) -> bool:
        """While a worker is away, for whatever reason, no other goes for its memory."""
        return all(worker.state is ProcessState.READY for worker in self._stages.workers)

    def _everybody(self) -> list[Process]:
        """Whoever is down first: then somebody serves the bots while the others are away."""
        workers = sorted(self._stages.workers, key=lambda worker: worker.state is ProcessState.READY)
        panel = [process for process in self._stages.processes if process.spec.name == "panel"]
        return [*workers, *panel]

    def _named(self, name: str) -> list[Process]:
        chosen = [process for process in self._stages.processes if process.spec.name == name]
        if not chosen:
            names = ", ".join(process.spec.name for process in self._stages.processes)
            raise Refused(f"there is no process {name}; there are {names}")
        return chosen

    async def _renew(self, process: Process, say: Say) -> None:
        alone = self._serves_alone(process)
        reason = await self._no_room_for_another() if alone else ""
        if alone and not reason:
            await self._replace(process, say)
            return
        if reason:
            say(f"no second worker fits beside {process.spec.name} ({reason}): people wait until it is back")
        await self._in_place(process, say)

    def _serves_alone(self, process: Process) -> bool:
        serving = [worker for worker in self._stages.workers if worker.state is ProcessState.READY]
        return serving == [process]

    async def _no_room_for_another(self) -> str:
        try:
            await self._installation.room_for(len(self._stages.workers) + 1)
        except SettingsError as error:
            return str(error)
        return ""

    async def _replace(self, worker: Process, say: Say) -> None:
        successor = self._crew.hire(self._crew.free_number(), say)
        try:
            await awaited(successor, self._policy.start_seconds, say)
        except Refused as error:
            await self._stages.remove(successor)
            raise Refused(f"{error}; it is gone again and {worker.spec.name} goes on") from None
        await self._crew.dismiss(worker, say)
        say(f"{successor.spec.name} has taken the place of {worker.spec.name}")

    async def _in_place(self, process: Process, say: Say, *, why: str = "asked to restart") -> None:
        if process.state in DOWN:
            say(f"{process.spec.name} is {process.state}")
            process.restart(why)
        else:
            await self._gone(process, say, why)
        say(f"{process.spec.name} starts")
        await awaited(process, self._policy.start_seconds, say)

    async def _gone(self, process: Process, say: Say, why: str) -> None:
        name, began = process.spec.name, now()
        say(f"{name} finishes what is under way{' and hands its bots over' if is_worker(name) else ''}")
        process.restart(why)
        if not await process.reaches(RETURNED, self._policy.drain_seconds + 2 * KILL_AFTER):
            raise Refused(f"{name} does not end even when it is killed")
        say(farewell(process, began, self._policy))


def _untouched(rest: Sequence[Process]) -> str:
    if not rest:
        return ""
    names = ", ".join(process.spec.name for process in rest)
    return f"; nothing was done to {names}"
