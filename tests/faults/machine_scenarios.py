"""Scenarios of the soak: faults of the machine and of our own processes. Their short forms are tests elsewhere."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack

from tests.faults.machine import disk_full
from tests.faults.rig import Rig, problems

HOUR = 3600.0


async def clock_is_set(rig: Rig, seconds: float) -> None:
    """An hour ahead, an hour back, and right again."""
    for jump in (HOUR, -HOUR):
        rig.clock.is_off_by(jump)
        await rig.house.until(lambda status: "clock was set" in problems(status))
        await asyncio.sleep(seconds / 2)
    rig.clock.is_off_by(0.0)
    await rig.house.until_healthy(120)


async def disk_is_full(rig: Rig, seconds: float) -> None:
    status = await rig.house.status()
    pids = [status["pid"], *(each["pid"] for each in status["processes"] if each["pid"])]
    with ExitStack() as stack:
        for pid in pids:
            stack.enter_context(disk_full(pid))
        await asyncio.sleep(seconds)
    await rig.house.until_healthy()


async def worker_is_killed(rig: Rig, _seconds: float) -> None:
    status = await rig.house.status()
    workers = [each["name"] for each in status["processes"] if each["name"].startswith("worker")]
    await rig.house.kill(random.choice(workers))


MACHINE = (clock_is_set, disk_is_full, worker_is_killed)
