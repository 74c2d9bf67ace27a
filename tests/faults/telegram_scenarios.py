"""Scenarios of faults of Telegram (docs/sandbox.md, *Faults*)."""

from __future__ import annotations

import asyncio
import random

from tests.faults.rig import Rig, problems
from tests.system.people import Person

SEND = "messages.SendMessage"
HOUR = 3600
TOLD_WITHIN = 30.0


async def telegram_cuts(rig: Rig, seconds: float) -> None:
    """Connections are cut at random moments, and sometimes refused for half a second."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        await asyncio.sleep(random.uniform(0.1, 1.0))
        await rig.house.fault("drop", bot=await _one_bot(rig), seconds=random.choice((0, 0, 0.5)))


async def telegram_asks_for_patience(rig: Rig, seconds: float) -> None:
    for bot in await rig.bots():
        await rig.house.fault("flood_wait", bot=bot, method=SEND, seconds=min(seconds, 5.0), times=5)
        await rig.house.fault("flood_wait", bot=bot, method="updates.GetDifference", seconds=1)
    await telegram_cuts(rig, 0.5)


async def telegram_asks_for_an_hour(rig: Rig, _seconds: float) -> None:
    """Nothing can be sent to one person: the partner is told, and other chats go on."""
    await rig.crowd.rests()
    anna, boris = await rig.town.chatting(bots=(0, 1))
    carla, dora = await rig.town.chatting(bots=(0, 1))
    await rig.house.fault("flood_wait", bot=boris.bot, method=SEND, seconds=HOUR)
    await anna.says("this cannot arrive")
    await anna.hears("Not delivered: Telegram asks us to slow down", within=TOLD_WITHIN)
    await carla.says("this does")
    await dora.hears("this does")
    await anna.says("/stop")
    await anna.hears("You left")
    await rig.parts(carla)
    rig.crowd.goes_on()


async def telegram_misorders(rig: Rig, seconds: float) -> None:
    """Updates come twice, late and in the wrong order, and answers are lost."""
    times = max(5, int(seconds))
    for bot in await rig.bots():
        await rig.house.fault("duplicate", bot=bot, times=times)
        await rig.house.fault("reorder", bot=bot, times=times)
        await rig.house.fault("delay", bot=bot, method="updates", seconds=0.5, times=times)
        await rig.house.fault("lose_answer", bot=bot, method=SEND, times=3)
        await rig.house.fault("error", bot=bot, method=SEND, times=3)
    await asyncio.sleep(seconds)


async def telegram_forgets_keys(rig: Rig, seconds: float) -> None:
    one, other = await rig.bots()
    await rig.house.fault("forget_key", bot=one)
    await rig.house.fault("key_duplicated", bot=other)
    await asyncio.sleep(seconds)


async def telegram_revokes_a_token(rig: Rig, seconds: float) -> None:
    """The bot is refused, and the operator is told; the other bot goes on. With the new token everything is as before."""
    anna, boris = await rig.town.chatting(bots=(0, 1))
    carla, dora = await rig.town.chatting(bots=(0, 0))
    token = (await rig.house.http.post(f"/api/bots/{boris.bot}/revoke")).json()["token"]
    await rig.house.fault("drop", bot=boris.bot)  # so that not the send of a message is the call that is refused
    status = await rig.house.until(lambda status: _state(status, boris.bot) == "refused")
    assert "refuses its token" in problems(status)
    await _goes_on(carla, dora)
    await anna.says("do you hear me?")
    await anna.hears("Not delivered", within=TOLD_WITHIN)
    await boris.says("nobody takes this before the token is good")
    await asyncio.sleep(seconds)
    await rig.replace_token(int(token.partition(":")[0]), token)
    await anna.hears("nobody takes this before the token is good", within=TOLD_WITHIN)
    await _goes_on(boris, anna)
    await asyncio.gather(rig.parts(anna), rig.parts(carla))


async def _goes_on(speaker: Person, listener: Person) -> None:
    await speaker.says("still here")
    await listener.hears("still here", within=TOLD_WITHIN)


async def _one_bot(rig: Rig) -> str:
    return random.choice(await rig.bots())


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
