"""Two people at two bots: one locks the chat, the other cannot leave it, reads for how long, and gets out by a report. The end of
a lock, which is a real minute later, is in `test_crashes.py`.
"""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.system.people import Person, Town, meet

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
LEFT = re.compile(r"locked for another (\d+) min( \d+ s)?|locked for another \d+ s")


async def rich(town: Town, *people: Person, credits_: int) -> None:
    """An operator gives them credits."""
    for person in people:
        code, output = await town.house.command("credits", "give", str(person.id), str(credits_), "--reason", "a test")
        assert code == 0, output


async def locked(owner: Person, partner: Person, button: str = "5 min") -> None:
    await owner.says("/lock")
    offer = await owner.hears("Keep this chat")
    await owner.presses(label(offer, button), offer["id"])
    mine, theirs = await asyncio.gather(owner.hears("You have locked this chat"), partner.hears("has locked this chat"))
    assert button in mine["text"]
    for told in (mine, theirs):
        assert "/report and /block always work" in told["text"]


def label(message: dict, part: str) -> str:
    """Of the button with this part."""
    labels = [each["text"] for row in message["keyboard"]["rows"] for each in row]
    return next(each for each in labels if part in each)


async def test_with_too_few_credits_packs_are_offered_and_a_pack_is_sold_by_an_invoice(town: Town):
    anna, _boris = await town.chatting(bots=(0, 1))
    await anna.says("🔒 Lock chat")
    offer = await anna.hears("You have 0 credits")
    await anna.presses(label(offer, "⭐"), offer["id"])
    await anna.hears("terms")


async def test_the_partner_is_refused_with_the_time_left_wherever_they_try(town: Town):
    anna, boris = await town.couple(bots=(0, 1))
    await rich(town, anna, credits_=12)
    carla = await town.registered(bot=0, gender="Male")
    await carla.says("/find")
    await carla.hears("Looking")
    await boris.says("/find")
    await boris.hears("Partner found")
    await boris.says("/stop")
    ended = await boris.hears("About the chat that has just ended")
    for person in (anna, boris):
        await person.says("/find")
    await asyncio.gather(anna.hears("Partner found"), boris.hears("Partner found"))
    await locked(anna, boris)
    for command in ("/stop", "⏭ Next", "/next", "/find"):
        await boris.says(command)
        assert LEFT.search((await boris.hears("locked for another"))["text"])
    await boris.presses("🔁 Talk again?", ended["id"])
    await boris.hears("locked for another", kind="answer")
    there = town.bots[0]
    for command in ("/stop", "/next", "/find", "/lock"):
        await boris.says(command, to=there)
        told = await boris.hears(f"You are in a chat in @{boris.bot}")
        assert LEFT.search(told["text"])
    await boris.says("I am still here")
    await anna.hears("I am still here")
    await anna.says("/stop")
    await boris.hears("Your partner left")


async def test_a_report_leads_out_of_a_locked_chat_at_once_and_credits_come_back(town: Town):
    anna, boris = await town.couple(bots=(0, 1))
    await rich(town, anna, credits_=24)
    await meet(anna, boris)
    await locked(anna, boris, "15 min")
    await boris.says("/report")
    question = await boris.hears("What is wrong")
    await boris.presses(label(question, "nsult"), question["id"])
    await boris.hears("Your report is being passed on")
    await anna.hears("Your partner is gone")
    back = await anna.hears("come back")
    assert "14 minutes were not used, and 11 credits have come back" in back["text"]
    await anna.says("/credits")
    await anna.hears("23 credits")


async def test_a_second_lock_extends_and_both_may_lock(town: Town):
    anna, boris = await town.couple(bots=(1, 0))
    await rich(town, anna, boris, credits_=20)
    await meet(anna, boris)
    await locked(anna, boris)
    await anna.says("/lock")
    offer = await anna.hears("Keep this chat")
    await anna.presses(label(offer, "10 min"), offer["id"])
    await asyncio.gather(anna.hears("locked this chat for longer"), boris.hears("locked this chat for longer"))
    await boris.says("/lock")
    offer = await boris.hears("Keep this chat")
    await boris.presses(label(offer, "5 min"), offer["id"])
    await anna.hears("Your partner has locked this chat")
    for person in (anna, boris):
        await person.says("/stop")
        await person.hears("locked for another")
    status = await town.house.status()
    assert status["figures"]["locks"] >= 2
    assert status["figures"]["held_credits"] == 0
    assert status["figures"]["held_invitations"] == 0
    await boris.says("/block")
    question = await boris.hears("never meet again")
    await boris.presses(label(question, "lock"), question["id"])
    await anna.hears("Your partner is gone")
    assert "Locked" in (town.house.folder / "logs" / "locks.log").read_text()
