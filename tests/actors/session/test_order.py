"""The order of what two people in a chat see of each other, up to its end."""

from __future__ import annotations

import asyncio

import pytest

from actors.session.data import SETTLE_SECONDS
from domain.configuration import ChatRules
from domain.matching.requests import Leave
from tests.actors.house import SECOND, a_house
from tests.twins import relays
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_what_one_says_the_other_sees():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello")
        await boris.hears("hello")
        await boris.says("hello yourself")
        await anna.hears("hello yourself")


@in_virtual_time
async def test_what_was_said_before_stop_arrives_before_the_end():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("good bye")
            await anna.commands("stop")
            await house.rests()
            assert not any(isinstance(request, Leave) for request in house.pool.asked_for)
        await boris.hears("partner-left")
        assert boris.phone[-2:] == ["good bye", "partner-left"]


@in_virtual_time
async def test_what_was_said_before_next_arrives_before_the_end():
    """Though Telegram is slow, and somebody else waits for the one who goes on."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        carol = await house.searching(SECOND)
        async with boris.telegram.holding():
            await anna.says("farewell")
            await anna.commands("next")
            await boris.telegram.until(lambda: relays(boris.telegram.submitted))
            await house.rests()
        await anna.hears("matched", times=2)
        await carol.hears("matched")
        await boris.hears("partner-next")
        assert boris.phone[-2:] == ["farewell", "partner-next"]


@pytest.mark.parametrize("leaving", ["stop", "next"])
def test_whoever_left_sees_nothing_more_of_that_chat(leaving: str):
    """Neither a message nor an edit that still waits, for Telegram takes nothing for the moment."""

    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna, boris = await house.chatting()
            said = await anna.says("helo")
            await boris.hears("helo")
            async with boris.telegram.holding():
                await anna.edits(said, "hello")
                await anna.says("are you there?")
                await boris.telegram.until(lambda: len(relays(boris.telegram.submitted)) == 2)
                await boris.commands(leaving)
                await anna.hears("partner-left" if leaving == "stop" else "partner-next")
                await house.rests()
            await boris.hears("you-left" if leaving == "stop" else "searching", times=1 if leaving == "stop" else 2)
            await house.rests()
            assert "hello" not in boris.phone
            assert "are you there?" not in boris.phone

    story()


@in_virtual_time
async def test_talk_keeps_a_chat_alive_and_silence_ends_it():
    async with a_house(chat=ChatRules(idle_minutes=10)) as house:
        anna, boris = await house.chatting()
        for number in range(8):
            await asyncio.sleep(8 * 60)
            await boris.says(f"number {number}")
            await anna.hears(f"number {number}")
        assert "chat-ended-idle" not in anna.phone + boris.phone
        await asyncio.sleep(11 * 60)
        await anna.hears("chat-ended-idle")
        await boris.hears("chat-ended-idle")


@in_virtual_time
async def test_a_stuck_message_holds_stop_back_for_seconds_only():
    async with a_house() as house:
        anna, boris = await house.chatting()
        began = asyncio.get_running_loop().time()
        async with boris.telegram.holding():
            await anna.says("good bye")
            await anna.commands("stop")
            await anna.hears("you-left")
            assert asyncio.get_running_loop().time() - began < SETTLE_SECONDS + 0.1


@in_virtual_time
async def test_messages_cross_in_the_order_said():
    async with a_house() as house:
        anna, boris = await house.chatting()
        texts = [f"number {number}" for number in range(50)]
        for text in texts:
            await anna.says(text)
        await boris.hears(texts[-1])
        assert boris.phone[-50:] == texts
