"""`scale`: more workers or fewer workers, until the supervisor stops."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from control.supervisor.job_runner import Refused, Say
from control.supervisor.operations.settings_check import Reread, room_for
from control.supervisor.process import Process
from control.supervisor.readiness import until_ready
from control.supervisor.worker_pool import WorkerPool, counted
from domain.status import ProcessState

MOST_WORKERS = 256
"""No machine has processors for more. A typing error must not start thousands."""


async def scale(pool: WorkerPool, wanted: int, say: Say, *, reread: Reread, start_seconds: float) -> None:
    """New workers get the lowest free numbers and are waited for. The workers with the highest numbers go first."""
    if not 1 <= wanted <= MOST_WORKERS:
        raise Refused(f"{wanted} workers cannot be: at least 1, at most {MOST_WORKERS}; to end everything, stop")
    before = pool.workers
    if wanted == len(before):
        say(f"{counted(wanted)} already")
        return
    if wanted > len(before):
        await room_for(await reread(say), wanted)
        await _grow(pool, wanted - len(before), say, start_seconds)
    else:
        await _shrink(pool, before[wanted:], say)
    say(f"{counted(wanted)} now, until the supervisor stops; cluster.workers (WORKERS) in the settings is for good")


async def _grow(pool: WorkerPool, count: int, say: Say, start_seconds: float) -> None:
    """Raises `Refused` for the first new worker that does not become ready. It stays, and so do the others."""
    started = [pool.start(number, say) for number in pool.free_numbers(count)]
    waiting = (until_ready(worker, start_seconds, say) for worker in started)
    for worker, outcome in zip(started, await asyncio.gather(*waiting, return_exceptions=True), strict=True):
        if isinstance(outcome, Refused):
            raise Refused(f"{outcome}; {_mend(worker)}, or scale down to give it up")
        if outcome is not None:
            raise outcome


async def _shrink(pool: WorkerPool, leaving: Sequence[Process], say: Say) -> None:
    await asyncio.gather(*(pool.stop(worker, say) for worker in reversed(leaving)))


def _mend(worker: Process) -> str:
    if worker.state is ProcessState.FATAL:
        return f"mend that, then: python supervisor.py restart {worker.spec.name}"
    return "it goes on trying: mend that"
