"""What can go wrong outside of our processes. Each scenario breaks something for `seconds`, sees what people and operators are
told meanwhile, mends it, and leaves the street to be judged (`Street.judged`).

The short form is a test each, the long form is `make soak`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from bench.limbo import WAITING
from tests.faults.street import Street, problems
from tests.servers import flush
from tests.system.people import Person

Break = Callable[[], Awaitable[None]]

TROUBLE = "trouble right now"
TOLD_WITHIN = 30.0


@asynccontextmanager
async def broken(street: Street, breaks: Break, mends: Break, seconds: float) -> AsyncIterator[None]:
    """For that long, or as long as what is looked at meanwhile takes."""
    await breaks()
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(seconds))
            yield
    finally:
        await mends()
    await street.house.until_healthy(60)


# --- Redis


async def redis_refused(street: Street, seconds: float) -> None:
    await _redis_away(street, street.to_redis.refuse, seconds)


async def redis_silent(street: Street, seconds: float) -> None:
    await _redis_away(street, _swallowing(street.to_redis.swallow), seconds)


async def _redis_away(street: Street, breaks: Break, seconds: float) -> None:
    """Chats go on while the leases are fresh; who asks for a decision is told that there is none."""
    seeker, (anna, boris) = await asyncio.gather(street.town.registered(), street.town.chatting())
    async with broken(street, breaks, _reopened(street), seconds):
        await anna.says("this needs no store")
        await boris.hears("this needs no store")
        await seeker.says("/find")
        await seeker.hears(TROUBLE, within=TOLD_WITHIN)
        await street.house.until(lambda status: "Redis" in problems(status))
    await seeker.says("/find")
    await seeker.hears("Looking", within=TOLD_WITHIN)
    await anna.says("still here")
    await boris.hears("still here", within=TOLD_WITHIN)
    await street.town.goes_home()


async def redis_restarted(street: Street, seconds: float) -> None:
    """Killed, and back with what its append-only file holds."""
    seeker = await street.town.registered()
    await seeker.says("/find")
    await seeker.hears("Looking")
    async with broken(street, _in_thread(street.redis_server.kill), _in_thread(street.redis_server.start), seconds):
        pass
    await _finds(seeker, await street.town.registered())
    await street.town.goes_home()


async def redis_loses_its_last_moment(street: Street, _seconds: float) -> None:
    """A power cut: what was not yet on the disk is gone. One couple has met in that moment, another has parted."""
    anna, boris = await street.town.chatting(bots=(0, 1))
    carla, dora = await asyncio.gather(street.town.registered(age="60"), street.town.registered(age="60", gender="Male"))
    on_disk = street.redis_server.appended()
    await boris.says("/stop")
    await anna.hears("left")
    await carla.says("/find")
    await carla.hears("Looking")
    await dora.says("/find")
    await asyncio.gather(*(person.hears("Partner found") for person in (carla, dora)))
    await asyncio.to_thread(street.redis_server.kill)
    street.redis_server.forget_beyond(on_disk)
    await asyncio.to_thread(street.redis_server.start)
    await street.repaired()
    await carla.says("here we are")
    await dora.hears("here we are", within=TOLD_WITHIN)
    await dora.says("/stop")
    await carla.hears("left", within=TOLD_WITHIN)
    for person in (anna, boris):
        await person.says("/find")
        await person.hears("Looking", within=TOLD_WITHIN)
        await person.says("/stop")
        await person.hears("cancelled")


async def redis_wiped(street: Street, _seconds: float) -> None:
    """While words are on their way. What was just decided may be decided again (docs/recovery.md): nobody comes and goes now."""
    await street.crowd.sits_down()
    seeker, (anna, boris) = await asyncio.gather(street.town.registered(age="45"), street.town.chatting(bots=(0, 1)))
    await seeker.says("/find")
    await seeker.hears("Looking")
    flush(street.redis_server.url)
    if await _is_told(street, seeker):
        await seeker.says("/find")
    street.crowd.goes_on()
    await _finds(seeker, await street.town.registered(age="45", gender="Male"))
    await anna.says("still together")
    await boris.hears("still together", within=TOLD_WITHIN)
    await boris.says("/stop")
    await anna.hears("left", within=TOLD_WITHIN)
    await street.town.goes_home()


async def _is_told(street: Street, seeker: Person) -> bool:
    """Of their lost search; else it goes on, by an update that had not been confirmed yet."""
    for _ in range(int(TOLD_WITHIN)):
        await seeker.listens(1.0)
        if any("interrupted" in text for text in seeker.said_to):
            return True
        if await street.place_in_pool(seeker) == WAITING:
            return False
    raise AssertionError(f"the search is forgotten: {seeker.said_to}\n{street.house.log}")


async def _finds(seeker: Person, partner: Person) -> None:
    await partner.says("/find")
    await asyncio.gather(*(person.hears("Partner found", within=TOLD_WITHIN) for person in (seeker, partner)))


# --- PostgreSQL


async def postgres_refused(street: Street, seconds: float) -> None:
    await _postgres_away(street, street.to_postgres.refuse, _reopened(street), seconds)


async def postgres_silent(street: Street, seconds: float) -> None:
    await _postgres_away(street, _swallowing(street.to_postgres.swallow), _reopened(street), seconds)


async def postgres_restarted(street: Street, seconds: float) -> None:
    await _postgres_away(street, _in_thread(street.postgres.kill), _in_thread(street.postgres.start), seconds)


async def _postgres_away(street: Street, breaks: Break, mends: Break, seconds: float) -> None:
    """What needs a record is refused politely or waits; the rest goes on. No connection is left behind."""
    stranger, (anna, boris) = await asyncio.gather(street.town.person(), street.town.chatting())
    async with broken(street, breaks, mends, seconds):
        await anna.says("this needs no record")
        await boris.hears("this needs no record")
        await stranger.says("/start")
        await stranger.hears(TROUBLE, within=TOLD_WITHIN)
        await boris.says("/stop")
        await anna.hears("left", within=TOLD_WITHIN)
        await street.house.until(lambda status: "PostgreSQL" in problems(status) or "database" in problems(status))
    await stranger.says("/start")
    await stranger.hears("gender", within=TOLD_WITHIN)
    await street.until_connections_are_few()


def _swallowing(swallow: Callable[[], None]) -> Break:
    async def breaks() -> None:
        swallow()

    return breaks


def _reopened(street: Street) -> Break:
    async def mends() -> None:
        await asyncio.gather(street.to_redis.open(), street.to_postgres.open())

    return mends


def _in_thread(work: Callable[[], None]) -> Break:
    return lambda: asyncio.to_thread(work)


REDIS = (redis_refused, redis_silent, redis_restarted, redis_loses_its_last_moment, redis_wiped)
POSTGRES = (postgres_refused, postgres_silent, postgres_restarted)
