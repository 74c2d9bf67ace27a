"""The machine and our own processes as the cause, for the long form: the short one has tests of its own."""

from __future__ import annotations

import asyncio
import random
from contextlib import ExitStack

from tests.faults.machine import disk_full
from tests.faults.street import Street, problems

HOUR = 3600.0


async def clock_is_set(street: Street, seconds: float) -> None:
    """An hour ahead, an hour back, and right again."""
    for jump in (HOUR, -HOUR):
        street.clock.is_off_by(jump)
        await street.house.until(lambda status: "clock was set" in problems(status))
        await asyncio.sleep(seconds / 2)
    street.clock.is_off_by(0.0)
    await street.house.until_healthy(120)


async def disk_is_full(street: Street, seconds: float) -> None:
    status = await street.house.status()
    pids = [status["pid"], *(each["pid"] for each in status["processes"] if each["pid"])]
    with ExitStack() as stack:
        for pid in pids:
            stack.enter_context(disk_full(pid))
        await asyncio.sleep(seconds)
    await street.house.until_healthy()


async def worker_is_killed(street: Street, _seconds: float) -> None:
    status = await street.house.status()
    workers = [each["name"] for each in status["processes"] if each["name"].startswith("worker")]
    await street.house.kill(random.choice(workers))


MACHINE = (clock_is_set, disk_is_full, worker_is_killed)
