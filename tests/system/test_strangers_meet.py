"""Strangers meet, talk and leave, with the real supervisor, worker and sandbox."""

from __future__ import annotations

import asyncio

import pytest

from tests.system.people import Town

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_strangers_meet_and_talk_both_ways(town: Town):
    anna, boris = await town.chatting()
    await anna.says("hello, who are you?")
    await boris.hears("hello, who are you?")
    await boris.says("a friend 🙂")
    await anna.hears("a friend 🙂")


async def test_people_of_two_bots_meet(town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    await anna.says("from the first bot")
    assert (await boris.hears("from the first bot"))["out"] is False
    await boris.says("from the second bot")
    await anna.hears("from the second bot")


async def test_the_card_tells_gender_and_age_band_and_nothing_more(town: Town):
    anna, _boris = await town.chatting()
    await anna.listens()
    card = next(text for text in anna.said_to if "Partner found" in text)
    assert "Male" in card
    assert "25" in card
    assert "Person" not in card


async def test_fifty_messages_arrive_in_order(town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    for number in range(50):
        await anna.says(f"number {number:02}")
    await boris.hears("number 49", within=30)
    assert [text for text in boris.said_to if text.startswith("number")] == [f"number {n:02}" for n in range(50)]


async def test_stop_ends_the_chat_for_both(town: Town):
    anna, boris = await town.chatting()
    await anna.says("/stop")
    await anna.hears("left the chat")
    ended = await boris.hears("partner left")
    assert "Find" in str(ended["keyboard"])
    await boris.says("are you there?")
    await boris.hears("Find")
    await anna.listens(0.5)
    assert "are you there?" not in anna.said_to


async def test_next_finds_somebody_else_and_never_the_same_again(town: Town):
    anna, boris = await town.chatting()
    carla = await town.registered()
    await carla.says("/find")
    await carla.hears("Looking")
    await anna.says("/next")
    await boris.hears("left")
    await asyncio.gather(anna.hears("Partner found"), carla.hears("Partner found"))
    await anna.says("hello Carla")
    await carla.hears("hello Carla")
    await boris.says("/find")
    await boris.hears("Looking")
    await carla.says("/stop")
    await anna.hears("left")


async def test_defect_8_who_blocks_the_bot_is_gone_and_the_other_is_told(town: Town):
    anna, boris = await town.chatting(bots=(0, 1))
    await boris.blocks()
    await anna.hears("gone")
    await anna.says("/stop")
    await anna.hears("not in a chat")


@pytest.mark.parametrize("typed", ["twelve", "12", "-5", "121", "9" * 5000, "2️⃣5️⃣", "25.5", "🙂"])
async def test_a_wrong_age_gets_a_friendly_retry(town: Town, typed: str):
    anna = await town.person()
    await anna.says("/start")
    await anna.presses("Male", (await anna.hears("gender"))["id"])
    await anna.hears("old are you")
    await anna.says(typed)
    reply = await anna.hears("")
    assert any(part in reply["text"] for part in ("number", "at least", "at most"))
    await anna.says("25")
    await anna.hears("Saved")


async def test_two_presses_at_once_are_one(town: Town):
    anna = await town.person()
    await anna.says("/start")
    question = await anna.hears("gender")
    await asyncio.gather(anna.presses("Male", question["id"]), anna.presses("Female", question["id"]))
    await anna.hears("old are you")
    await anna.listens(1.0)
    assert sum("old are you" in text for text in anna.said_to) == 1


async def test_a_button_never_offered_is_refused_kindly(town: Town):
    anna = await town.person()
    await anna.says("/start")
    question = await anna.hears("gender")
    await anna.presses("Male", question["id"])
    await anna.hears("old are you")
    await anna.presses("Male", question["id"])
    await anna.hears("no longer", kind="answer")


async def test_find_while_searching_or_chatting_changes_nothing(town: Town):
    anna = await town.registered()
    await asyncio.gather(anna.says("/find"), anna.says("/find"))
    await anna.hears("Looking")
    await anna.hears("already searching")
    await anna.says("is anybody there?")
    await anna.hears("Still searching")
    await anna.says("/stop")
    await anna.hears("cancelled")
    boris, carla = await town.chatting()
    await boris.says("/find")
    await boris.hears("You are in a chat")
    await carla.says("still here")
    await boris.hears("still here")


async def test_at_the_other_bot_one_is_told_where_the_chat_is(town: Town):
    anna, boris = await town.chatting()
    await anna.says("/start", to=town.bots[1])
    await anna.hears(f"@{town.bots[0]}")
    await anna.says("/find", to=town.bots[1])
    await anna.hears(f"@{town.bots[0]}")
    await boris.says("hello?")
    await anna.hears("hello?")


async def test_unknown_commands_are_answered_and_never_relayed(town: Town):
    anna, boris = await town.chatting()
    await anna.says("/dance")
    await anna.hears("do not know")
    await boris.listens(0.5)
    assert "/dance" not in boris.said_to


async def test_ten_thousand_characters_are_refused_with_a_reason(town: Town):
    anna, boris = await town.chatting()
    await anna.says("x" * 10_000)
    await anna.hears("too long")
    await anna.says("short")
    await boris.hears("short")


async def test_a_flood_is_answered_once_and_slows_nobody_else(town: Town):
    anna, boris = await town.chatting()
    carla, dora = await town.chatting()
    await asyncio.gather(*(anna.says(f"flood {number}") for number in range(120)))
    await anna.hears("slower", within=20)
    await carla.says("undisturbed")
    await dora.hears("undisturbed", within=5)
    await boris.listens()
    assert sum("slower" in text for text in anna.said_to) <= 3


async def test_minors_and_adults_never_meet(town: Town):
    young = await town.registered(age="15")
    adult = await town.registered(age="30")
    await young.says("/find")
    await young.hears("Looking")
    await adult.says("/find")
    await adult.hears("Looking")
    other = await town.registered(age="17")
    await other.says("/find")
    await asyncio.gather(young.hears("Partner found"), other.hears("Partner found"))
    await adult.says("/stop")
    await adult.hears("cancelled")
