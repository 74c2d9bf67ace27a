"""Active sessions go by what is in force when a message comes."""

from __future__ import annotations

import asyncio

from domain.configuration import Configuration, Features, Flood, Matching
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_flood_control_goes_by_new_limits_and_gives_back_nothing_that_was_used():
    async with a_house() as house:
        house.live.swap(Configuration(flood=Flood(rate=0.001, burst=20)), {})
        anna, _ = await house.chatting()
        for number in range(15):
            await anna.is_answered(await anna.says(f"message {number}"))
        assert "too-fast" not in anna.phone
        house.live.swap(Configuration(flood=Flood(rate=0.002, burst=40)), {})
        for number in range(10):
            await anna.is_answered(await anna.says(f"more {number}"))
        await anna.hears("too-fast")


@in_virtual_time
async def test_a_search_shows_its_time_at_the_new_pace_from_its_next_message_on():
    async with a_house() as house:
        anna = await house.searching()
        house.live.swap(Configuration(matching=Matching(progress_seconds=1)), {})
        await anna.hears("searching-progress")
        before = len(anna.telegram.sent)
        await asyncio.sleep(3.5)
        assert len(anna.telegram.sent) == before + 3


@in_virtual_time
async def test_bots_are_kept_apart_from_the_next_search_on():
    async with a_house() as house:
        house.live.swap(Configuration(features=Features(cross_bot_matching=False)), {})
        first, second = house.directory.bots
        boris = await house.searching(second)
        anna = house.person(first)
        await anna.commands("find")
        await anna.hears("searching")
        await house.rests()
        assert "matched" not in anna.phone
        assert "matched" not in boris.phone
