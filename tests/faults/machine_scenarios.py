"""Scenarios of the soak: faults of the machine and of our own processes. Their short forms are tests elsewhere."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack

from tests.faults.machine import disk_full
from tests.faults.testbed import Testbed, problems

HOUR = 3600.0


async def clock_is_set(testbed: Testbed, seconds: float) -> None:
    """An hour ahead, an hour back, and right again."""
    for jump in (HOUR, -HOUR):
        testbed.clock.is_off_by(jump)
        await testbed.house.until(lambda status: "clock was set" in problems(status))
        await asyncio.sleep(seconds / 2)
    testbed.clock.is_off_by(0.0)
    await testbed.house.until_healthy(120)


async def disk_is_full(testbed: Testbed, seconds: float) -> None:
    status = await testbed.house.status()
    pids = [status["pid"], *(each["pid"] for each in status["processes"] if each["pid"])]
    with ExitStack() as stack:
        for pid in pids:
            stack.enter_context(disk_full(pid))
        await asyncio.sleep(seconds)
    await testbed.house.until_healthy()


async def worker_is_killed(testbed: Testbed, _seconds: float) -> None:
    status = await testbed.house.status()
    workers = [each["name"] for each in status["processes"] if each["name"].startswith("worker")]
    await testbed.house.kill(random.choice(workers))


MACHINE = (clock_is_set, disk_is_full, worker_is_killed)
