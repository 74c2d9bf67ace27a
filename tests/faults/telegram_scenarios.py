"""What Telegram can do to us (docs/sandbox.md, *Faults*), to a house in which a crowd talks."""

from __future__ import annotations

import asyncio
import random

from tests.faults.street import Street, problems
from tests.system.people import Person

SEND = "messages.SendMessage"
HOUR = 3600
TOLD_WITHIN = 30.0


async def telegram_cuts(street: Street, seconds: float) -> None:
    """At random moments, and now and then it takes no connections for a while."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        await asyncio.sleep(random.uniform(0.1, 1.0))
        await street.house.fault("drop", bot=await _one_bot(street), seconds=random.choice((0, 0, 0.5)))


async def telegram_asks_for_patience(street: Street, seconds: float) -> None:
    for bot in await street.bots():
        await street.house.fault("flood_wait", bot=bot, method=SEND, seconds=min(seconds, 5.0), times=5)
        await street.house.fault("flood_wait", bot=bot, method="updates.GetDifference", seconds=1)
    await telegram_cuts(street, 0.5)


async def telegram_asks_for_an_hour(street: Street, _seconds: float) -> None:
    """One chat cannot be served: who talks there is told, and nobody else feels it."""
    await street.crowd.rests()
    anna, boris = await street.town.chatting(bots=(0, 1))
    carla, dora = await street.town.chatting(bots=(0, 1))
    await street.house.fault("flood_wait", bot=boris.bot, method=SEND, seconds=HOUR)
    await anna.says("this cannot arrive")
    await anna.hears("Not delivered: Telegram asks us to slow down", within=TOLD_WITHIN)
    await carla.says("this does")
    await dora.hears("this does")
    await anna.says("/stop")
    await anna.hears("You left")
    await street.parts(carla)
    street.crowd.goes_on()


async def telegram_misorders(street: Street, seconds: float) -> None:
    """Twice, late, in the wrong order, with answers lost."""
    times = max(5, int(seconds))
    for bot in await street.bots():
        await street.house.fault("duplicate", bot=bot, times=times)
        await street.house.fault("reorder", bot=bot, times=times)
        await street.house.fault("delay", bot=bot, method="updates", seconds=0.5, times=times)
        await street.house.fault("lose_answer", bot=bot, method=SEND, times=3)
        await street.house.fault("error", bot=bot, method=SEND, times=3)
    await asyncio.sleep(seconds)


async def telegram_forgets_keys(street: Street, seconds: float) -> None:
    one, other = await street.bots()
    await street.house.fault("forget_key", bot=one)
    await street.house.fault("key_duplicated", bot=other)
    await asyncio.sleep(seconds)


async def telegram_revokes_a_token(street: Street, seconds: float) -> None:
    """That bot is refused and the operator told; the other goes on; with the new token all is as before."""
    anna, boris = await street.town.chatting(bots=(0, 1))
    carla, dora = await street.town.chatting(bots=(0, 0))
    token = (await street.house.http.post(f"/api/bots/{boris.bot}/revoke")).json()["token"]
    await street.house.fault("drop", bot=boris.bot)  # it is told at its next call, which without this would be somebody's word
    status = await street.house.until(lambda status: _state(status, boris.bot) == "refused")
    assert "refuses its token" in problems(status)
    await _goes_on(carla, dora)
    await anna.says("do you hear me?")
    await anna.hears("Not delivered", within=TOLD_WITHIN)
    await boris.says("nobody takes this before the token is good")
    await asyncio.sleep(seconds)
    await street.takes_new_token(int(token.partition(":")[0]), token)
    await anna.hears("nobody takes this before the token is good", within=TOLD_WITHIN)
    await _goes_on(boris, anna)
    await asyncio.gather(street.parts(anna), street.parts(carla))


async def _goes_on(speaker: Person, listener: Person) -> None:
    await speaker.says("still here")
    await listener.hears("still here", within=TOLD_WITHIN)


async def _one_bot(street: Street) -> str:
    return random.choice(await street.bots())


def _state(status: dict[str, object], username: str) -> str:
    bots = status.get("bots", [])
    assert isinstance(bots, list)
    return next((bot["state"] for bot in bots if bot["username"] == username), "")


TELEGRAM = (
    telegram_cuts,
    telegram_asks_for_patience,
    telegram_asks_for_an_hour,
    telegram_misorders,
    telegram_forgets_keys,
    telegram_revokes_a_token,
)
