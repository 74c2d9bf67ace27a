"""Reports and blocks from phones: the chat is over at once, the partner learns nothing of it, and the two never meet again."""

from __future__ import annotations

import asyncio

import pytest

from tests.system.people import Person, Town, meet

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]


async def stay_apart(anna: Person, boris: Person) -> None:
    """Both search, and sweeps pass."""
    for person in (anna, boris):
        await person.says("/find")
        await person.hears("Looking")
    before = [person.said_to.count("Partner found") for person in (anna, boris)]
    await asyncio.gather(anna.listens(3.0), boris.listens(3.0))
    assert [person.said_to.count("Partner found") for person in (anna, boris)] == before
    for person in (anna, boris):
        await person.says("/stop")
        await person.hears("cancelled")


async def test_a_report_in_the_chat_and_one_after_it_part_for_good(town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    await boris.says("give me your password")
    insult = await anna.hears("give me your password")
    await anna.says("🚩 Report", reply_to=insult["id"])
    question = await anna.hears("What is wrong")
    await anna.presses("Fraud, asks for money", question["id"])
    assert not (await anna.hears("You have reported", kind="edit")).get("keyboard")
    await anna.hears("The chat has ended")
    await anna.hears("Your report has the number")
    assert "reported" not in (await boris.hears("ended"))["text"]
    await boris.says("hello?")
    await boris.hears("Find")
    await anna.says("/report")
    question = await anna.hears("your last partner")
    await anna.presses("Threats", question["id"])
    await anna.hears("Your report has the number")
    await stay_apart(anna, boris)
    assert not any("report" in text.lower() for text in boris.said_to)

    carla, dora = await town.chatting()
    await carla.says("/stop")
    await dora.hears("partner left")
    await meet(carla, dora)  # nothing keeps them apart yet
    await dora.says("/stop")
    await carla.hears("partner left")
    await carla.says("/report")
    question = await carla.hears("your last partner")
    await carla.presses("Insults, hate", question["id"])
    await carla.hears("Your report has the number")
    await stay_apart(carla, dora)
    await carla.says("/blocks")
    await carla.hears("blocked nobody")


async def test_a_block_parts_until_it_is_lifted(town: Town):
    anna, boris = await town.chatting()
    await anna.says("/block")
    question = await anna.hears("never meet again")
    await anna.presses("Block 🛡", question["id"])
    await anna.hears("Done")
    await boris.hears("ended")
    await stay_apart(anna, boris)
    await anna.says("/blocks")
    shown = await anna.hears("You have blocked one person")
    await anna.presses(shown["keyboard"]["rows"][0][0]["text"], shown["id"])
    await anna.hears("lifted", kind="answer")
    await meet(anna, boris)


async def test_whoever_has_had_no_chat_is_told_so(town: Town):
    anna = await town.registered()
    await anna.says("/report")
    await anna.hears("nobody you could report")
    await anna.says("/block")
    await anna.hears("nobody you could block")
