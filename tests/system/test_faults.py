"""Each fault of Telegram once: the chat goes on, and no message is shown twice."""

from __future__ import annotations

import asyncio

import pytest

from tests.system.people import Person, Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def arrive_once(anna: Person, boris: Person, within: float = 20) -> None:
    for number in range(10):
        await anna.says(f"after {number}")
    await boris.hears("after 9", within=within)
    await boris.says("all of it?")
    await anna.hears("all of it?", within=within)
    await boris.listens(0.5)
    assert [text for text in boris.said_to if text.startswith("after")] == [f"after {n}" for n in range(10)]
    assert anna.said_to.count("all of it?") == 1


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("flood_wait", {"method": "messages.SendMessage", "seconds": 2}),
        ("drop", {}),
        ("delay", {"method": "messages.SendMessage", "seconds": 1, "times": 3}),
        ("delay", {"method": "updates", "seconds": 1, "times": 3}),
        ("error", {"method": "messages.SendMessage"}),
        ("duplicate", {"times": 5}),
        ("reorder", {"times": 3}),
        ("lose_answer", {"method": "messages.SendMessage"}),
        ("forget_key", {}),
        ("key_duplicated", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_chat_goes_on(town: Town, kind: str, parameters: dict[str, object]):
    anna, boris = await town.chatting(bots=(0, 1))
    for bot in town.bots:
        await town.house.fault(kind, bot=bot, **parameters)
    await arrive_once(anna, boris, within=40)


async def test_defect_13_a_flood_wait_of_one_chat_holds_no_other_back(town: Town):
    anna, boris = await town.chatting()
    carla, dora = await town.chatting()
    await town.house.fault("flood_wait", bot=town.bots[0], method="messages.SendMessage", seconds=5)
    await anna.says("this waits")
    await asyncio.sleep(0.3)
    await carla.says("this does not")
    await dora.hears("this does not", within=3)
    await boris.listens()
    assert "this waits" not in boris.said_to
    await boris.hears("this waits", within=15)


async def test_a_partner_who_blocks_during_a_search_is_never_met(town: Town):
    anna = await town.registered()
    await anna.says("/find")
    await anna.hears("Looking")
    await anna.blocks()
    boris = await town.registered()
    await boris.says("/find")
    await boris.hears("Looking")
