"""Scenarios of outages of Redis and PostgreSQL. Each breaks something for `seconds`, checks what people and operators are told
meanwhile, and repairs it. Then `Rig.judge` looks at all people and messages.

Each scenario is a test, with a short outage, and a part of `make soak`, with a long one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bench.limbo import WAITING
from tests.faults.rig import Rig, problems
from tests.servers import flush
from tests.system.people import Person

Break = Callable[[], Awaitable[None]]

TROUBLE = "trouble right now"
TOLD_WITHIN = 30.0


@asynccontextmanager
async def broken(rig: Rig, breaks: Break, repairs: Break, seconds: float) -> AsyncIterator[None]:
    """Broken for `seconds`, or for as long as the block takes."""
    await breaks()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(seconds))
            yield
    finally:
        await repairs()
    await rig.house.until_healthy(60)


# --- Redis


async def redis_refused(rig: Rig, seconds: float) -> None:
    await _redis_away(rig, rig.to_redis.refuse, seconds)


async def redis_silent(rig: Rig, seconds: float) -> None:
    await _redis_away(rig, _stalling(rig.to_redis.stall), seconds)


async def _redis_away(rig: Rig, breaks: Break, seconds: float) -> None:
    """Chats go on while the leases are fresh. Whoever needs a decision of the pool is told about the trouble."""
    seeker, (anna, boris) = await asyncio.gather(rig.town.registered(), rig.town.chatting())
    async with broken(rig, breaks, _reopened(rig), seconds):
        await anna.says("this needs no store")
        await boris.hears("this needs no store")
        await seeker.says("/find")
        await seeker.hears(TROUBLE, within=TOLD_WITHIN)
        await rig.house.until(lambda status: "Redis" in problems(status))
    await seeker.says("/find")
    await seeker.hears("Looking", within=TOLD_WITHIN)
    await anna.says("still here")
    await boris.hears("still here", within=TOLD_WITHIN)
    await rig.town.goes_home()


async def redis_restarted(rig: Rig, seconds: float) -> None:
    """Killed and started again with its append-only file."""
    seeker = await rig.town.registered()
    await seeker.says("/find")
    await seeker.hears("Looking")
    async with broken(rig, _in_thread(rig.redis_server.kill), _in_thread(rig.redis_server.start), seconds):
        pass
    await _finds(seeker, await rig.town.registered())
    await rig.town.goes_home()


async def redis_loses_its_last_moment(rig: Rig, _seconds: float) -> None:
    """A power cut: what was not on the disk is lost. One pair has met since the last write, another has parted."""
    anna, boris = await rig.town.chatting(bots=(0, 1))
    carla, dora = await asyncio.gather(rig.town.registered(age="60"), rig.town.registered(age="60", gender="Male"))
    on_disk = rig.redis_server.appended()
    await boris.says("/stop")
    await anna.hears("left")
    await carla.says("/find")
    await carla.hears("Looking")
    await dora.says("/find")
    await asyncio.gather(*(person.hears("Partner found") for person in (carla, dora)))
    await asyncio.to_thread(rig.redis_server.kill)
    rig.redis_server.forget_beyond(on_disk)
    await asyncio.to_thread(rig.redis_server.start)
    await rig.repaired()
    await carla.says("here we are")
    await dora.hears("here we are", within=TOLD_WITHIN)
    await dora.says("/stop")
    await carla.hears("left", within=TOLD_WITHIN)
    for person in (anna, boris):
        await person.says("/find")
        await person.hears("Looking", within=TOLD_WITHIN)
        await person.says("/stop")
        await person.hears("cancelled")


async def redis_wiped(rig: Rig, _seconds: float) -> None:
    """All data is deleted. Walkers are away, since recent decisions may be made again (docs/recovery.md)."""
    await rig.crowd.walkers_leave()
    seeker, (anna, boris) = await asyncio.gather(rig.town.registered(age="45"), rig.town.chatting(bots=(0, 1)))
    await seeker.says("/find")
    await seeker.hears("Looking")
    flush(rig.redis_server.url)
    if await _is_told(rig, seeker):
        await seeker.says("/find")
    rig.crowd.goes_on()
    await _finds(seeker, await rig.town.registered(age="45", gender="Male"))
    await anna.says("still together")
    await boris.hears("still together", within=TOLD_WITHIN)
    await boris.says("/stop")
    await anna.hears("left", within=TOLD_WITHIN)
    await rig.town.goes_home()


async def _is_told(rig: Rig, seeker: Person) -> bool:
    """True if the seeker was told that the search was lost. Otherwise an unconfirmed update has begun it again."""
    for _ in range(int(TOLD_WITHIN)):
        await seeker.listens(1.0)
        if any("interrupted" in text for text in seeker.said_to):
            return True
        if await rig.place_in_pool(seeker) == WAITING:
            return False
    raise AssertionError(f"the search was lost silently: {seeker.said_to}\n{rig.house.log}")


async def _finds(seeker: Person, partner: Person) -> None:
    await partner.says("/find")
    await asyncio.gather(*(person.hears("Partner found", within=TOLD_WITHIN) for person in (seeker, partner)))


# --- PostgreSQL


async def postgres_refused(rig: Rig, seconds: float) -> None:
    await _postgres_away(rig, rig.to_postgres.refuse, _reopened(rig), seconds)


async def postgres_silent(rig: Rig, seconds: float) -> None:
    await _postgres_away(rig, _stalling(rig.to_postgres.stall), _reopened(rig), seconds)


async def postgres_restarted(rig: Rig, seconds: float) -> None:
    await _postgres_away(rig, _in_thread(rig.postgres.kill), _in_thread(rig.postgres.start), seconds)


async def _postgres_away(rig: Rig, breaks: Break, repairs: Break, seconds: float) -> None:
    """Whatever needs a record is refused politely or waits; the rest goes on. No connection is left open."""
    stranger, (anna, boris) = await asyncio.gather(rig.town.person(), rig.town.chatting())
    async with broken(rig, breaks, repairs, seconds):
        await anna.says("this needs no record")
        await boris.hears("this needs no record")
        await stranger.says("/start")
        await stranger.hears(TROUBLE, within=TOLD_WITHIN)
        await boris.says("/stop")
        await anna.hears("left", within=TOLD_WITHIN)
        await rig.house.until(lambda status: "PostgreSQL" in problems(status) or "database" in problems(status))
    await stranger.says("/start")
    await stranger.hears("gender", within=TOLD_WITHIN)
    await rig.until_connections_are_few()


def _stalling(stall: Callable[[], None]) -> Break:
    async def breaks() -> None:
        stall()

    return breaks


def _reopened(rig: Rig) -> Break:
    async def repairs() -> None:
        await asyncio.gather(rig.to_redis.open(), rig.to_postgres.open())

    return repairs


def _in_thread(work: Callable[[], None]) -> Break:
    return lambda: asyncio.to_thread(work)


REDIS = (redis_refused, redis_silent, redis_restarted, redis_loses_its_last_moment, redis_wiped)
POSTGRES = (postgres_refused, postgres_silent, postgres_restarted)
