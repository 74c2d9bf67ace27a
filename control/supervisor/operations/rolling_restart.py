"""`restart`: a new process in place of each old one. Each is ready before the next one is stopped."""

from __future__ import annotations

from collections.abc import Sequence

from control.settings.loading import Loaded
from control.supervisor.job_runner import Refused, Say
from control.supervisor.operations.settings_check import Reread, room_for
from control.supervisor.pool import ProcessPool
from control.supervisor.process import DOWN, KILL_AFTER, Process
from control.supervisor.readiness import departure, now, until_ready
from control.supervisor.specs import PANEL, is_worker
from control.supervisor.stages import Stages
from domain.errors import SettingsError
from domain.settings import Supervisor
from domain.status import ProcessState

RETURNED = frozenset(ProcessState) - {ProcessState.DRAINING}


class RollingRestart:
    def __init__(self, stages: Stages, pool: ProcessPool, policy: Supervisor, reread: Reread) -> None:
        self._stages = stages
        self._pool = pool
        self._policy = policy
        self._reread = reread

    async def restart(self, name: str, say: Say) -> None:
        """Restarts the process of that name; without a name all workers, then the panels.

        Raises `Refused` at the first process that does not become ready. The processes after it are not touched.
        """
        chosen = self._named(name) if name else self._all()
        loaded = await self._reread(say)
        for place, process in enumerate(chosen):
            try:
                await self._renew(process, loaded, say)
            except Refused as error:
                raise Refused(f"{error}{_untouched(chosen[place + 1 :])}; mend that, then restart") from None

    async def free_memory(self, process: Process, say: Say) -> None:
        """Restarts a process that uses too much memory. No other is started beside it: that would need even more memory."""
        await self._in_place(process, say, why="too much memory")

    def may_free_memory(self) -> bool:
        """False while any worker is not ready: only one worker at a time may be away for its memory."""
        return all(worker.state is ProcessState.READY for worker in self._stages.workers)

    def _all(self) -> list[Process]:
        """Workers that are down come first: they serve bots again when the others are stopped."""
        workers = sorted(self._stages.workers, key=lambda worker: worker.state is ProcessState.READY)
        return [*workers, *self._stages.of(PANEL)]

    def _named(self, name: str) -> list[Process]:
        chosen = [process for process in self._stages.processes if process.spec.name == name]
        if not chosen:
            names = ", ".join(process.spec.name for process in self._stages.processes)
            raise Refused(f"there is no process {name}; there are {names}")
        return chosen

    async def _renew(self, process: Process, loaded: Loaded, say: Say) -> None:
        if not self._serves_alone(process):
            await self._in_place(process, say)
        elif reason := await self._no_room_for_another(loaded):
            say(f"no second worker fits beside {process.spec.name} ({reason}): people wait until it is back")
            await self._in_place(process, say)
        else:
            await self._replace(process, say)

    def _serves_alone(self, process: Process) -> bool:
        serving = [worker for worker in self._stages.workers if worker.state is ProcessState.READY]
        return serving == [process]

    async def _no_room_for_another(self, loaded: Loaded) -> str:
        """Why the stores do not allow one worker more; empty if they do."""
        try:
            await room_for(loaded, len(self._stages.workers) + 1)
        except SettingsError as error:
            return str(error)
        return ""

    async def _replace(self, worker: Process, say: Say) -> None:
        """The successor is ready before the only worker stops."""
        [number] = self._pool.free_numbers(1)
        successor = self._pool.start(number, say)
        try:
            await until_ready(successor, self._policy.start_seconds, say)
        except Refused as error:
            await self._stages.remove(successor)
            raise Refused(f"{error}; it is gone again and {worker.spec.name} goes on") from None
        await self._pool.stop(worker, say)
        say(f"{successor.spec.name} has taken the place of {worker.spec.name}")

    async def _in_place(self, process: Process, say: Say, *, why: str = "asked to restart") -> None:
        if process.state in DOWN:
            say(f"{process.spec.name} is {process.state}")
            process.restart(why)
        else:
            await self._end(process, say, why)
        say(f"{process.spec.name} starts")
        await until_ready(process, self._policy.start_seconds, say)

    async def _end(self, process: Process, say: Say, why: str) -> None:
        name, began = process.spec.name, now()
        say(f"{name} finishes what is under way{' and hands its bots over' if is_worker(name) else ''}")
        process.restart(why)
        if not await process.reaches(RETURNED, self._policy.drain_seconds + 2 * KILL_AFTER):
            raise Refused(f"{name} does not end even when it is killed")
        say(departure(process, began, self._policy))


def _untouched(rest: Sequence[Process]) -> str:
    if not rest:
        return ""
    names = ", ".join(process.spec.name for process in rest)
    return f"; nothing was done to {names}"
