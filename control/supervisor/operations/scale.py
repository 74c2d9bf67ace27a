"""`scale`: more or fewer processes of one kind, until the supervisor stops."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from control.supervisor.job_runner import Refused, Say
from control.supervisor.operations.settings_check import Reread, room_for
from control.supervisor.pool import ProcessPool, counted
from control.supervisor.process import Process
from control.supervisor.readiness import until_ready
from control.supervisor.specs import PANEL
from domain.status import ProcessState

MOST: Mapping[str, int] = {"worker": 256, PANEL: 16}
"""No machine has processors for more. A typing error must not start thousands."""
FOR_GOOD: Mapping[str, str] = {"worker": "; cluster.workers (WORKERS) in the settings is for good"}


class Scaling:
    def __init__(self, pools: Mapping[str, ProcessPool], *, reread: Reread, start_seconds: float) -> None:
        """`pools`: by kind of process."""
        self._pools = pools
        self._reread = reread
        self._start_seconds = start_seconds

    async def scale(self, kind: str, wanted: int, say: Say) -> None:
        """New processes get the lowest free numbers and are waited for. Those with the highest numbers go first."""
        if kind not in self._pools:
            raise Refused(f"there is nothing called {kind} to scale")
        if not 1 <= wanted <= MOST[kind]:
            raise Refused(f"{wanted} {kind}s cannot be: at least 1, at most {MOST[kind]}; to end everything, stop")
        pool = self._pools[kind]
        before = pool.processes
        if wanted == len(before):
            say(f"{counted(wanted, kind)} already")
            return
        if wanted > len(before):
            await self._room_for(kind, wanted, say)
            await self._grow(pool, wanted - len(before), say)
        else:
            await _shrink(pool, before[wanted:], say)
        say(f"{counted(wanted, kind)} now, until the supervisor stops{FOR_GOOD.get(kind, '')}")

    async def _room_for(self, kind: str, wanted: int, say: Say) -> None:
        loaded = await self._reread(say)
        if kind != PANEL:
            await room_for(loaded, wanted)

    async def _grow(self, pool: ProcessPool, count: int, say: Say) -> None:
        """Raises `Refused` for the first new process that does not become ready. It stays, and so do the others."""
        started = [pool.start(number, say) for number in pool.free_numbers(count)]
        waiting = (until_ready(process, self._start_seconds, say) for process in started)
        for process, outcome in zip(started, await asyncio.gather(*waiting, return_exceptions=True), strict=True):
            if isinstance(outcome, Refused):
                raise Refused(f"{outcome}; {_mend(process)}, or scale down to give it up")
            if outcome is not None:
                raise outcome


async def _shrink(pool: ProcessPool, leaving: Sequence[Process], say: Say) -> None:
    await asyncio.gather(*(pool.stop(process, say) for process in reversed(leaving)))


def _mend(process: Process) -> str:
    if process.state is ProcessState.FATAL:
        return f"mend that, then: python supervisor.py restart {process.spec.name}"
    return "it goes on trying: mend that"
