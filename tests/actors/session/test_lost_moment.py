"""The pool's server comes back without its last moment: what it forgot, people were told already."""

from __future__ import annotations

from copy import deepcopy

from tests.actors.house import SECOND, a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_whoever_left_a_chat_whose_end_is_forgotten_finds_somebody_else():
    async with a_house() as house:
        anna, boris = await house.chatting()
        carol = await house.searching(SECOND)
        before = deepcopy(house.pool.oracle)
        await anna.commands("stop")
        await boris.hears("partner-left")
        house.pool.oracle = before
        await anna.commands("find")
        await anna.hears("try-again")
        await anna.commands("find")
        await anna.hears("matched")
        await carol.hears("matched")
        await house.rests()
        assert boris.phone[-1] == "partner-left"


@in_virtual_time
async def test_whoever_stops_a_search_that_is_forgotten_is_told_so():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        before = deepcopy(house.pool.oracle)
        await anna.commands("stop")
        await anna.hears("you-left")
        await anna.commands("find")
        await anna.hears("searching")
        house.pool.oracle = before
        await anna.commands("stop")
        await anna.hears("search-cancelled")
        await anna.says("hello?")
        await anna.hears("menu-hint")
        await house.rests()
        assert not house.searches.noted
