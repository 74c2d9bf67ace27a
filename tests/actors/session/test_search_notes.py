"""The note of a search in the records: made when it begins, and taken away when its end is known."""

from __future__ import annotations

import asyncio

from actors.messages import NoteStanding
from domain.model.events import SearchEnded
from tests.actors.house import FIRST, SECOND, a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_the_note_of_a_search_stays_until_the_searcher_knows_how_it_ended():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with boris.telegram.holding():
            await anna.commands("find")
            await anna.hears("matched")
            await house.rests()
            assert house.searches.noted == {boris.address}
        await boris.hears("matched")
        await house.rests()
        assert house.searches.noted == set()


@in_virtual_time
async def test_a_note_that_the_records_could_not_take_is_made_when_they_are_back():
    async with a_house() as house:
        house.searches.away = True
        anna = await house.searching()
        await house.rests()
        house.searches.away = False
        await house.rests()
        assert house.searches.noted == {anna.address}
        house.searches.away = True
        await anna.is_answered(await anna.commands("cancel"))
        house.searches.away = False
        await house.rests()
        assert house.searches.noted == set()


@in_virtual_time
async def test_a_late_end_of_a_search_that_led_to_a_chat_takes_its_note():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        house.searches.noted = {anna.address}
        house.stream.add(FIRST, SearchEnded(user=anna.user, lost=True))
        await house.rests()
        assert house.searches.noted == set()
        assert "search-lost" not in anna.phone


@in_virtual_time
async def test_a_search_begun_meanwhile_keeps_its_note():
    async with a_house() as house:
        anna = await house.searching()
        async with anna.telegram.holding():
            await anna.commands("cancel")
            await house.rests()
            await anna.commands("find")
            await house.rests()
        await anna.hears("searching", times=2)
        await house.rests()
        assert house.searches.noted == {anna.address}


@in_virtual_time
async def test_a_search_waits_to_be_noted_once_however_often_that_fails():
    async with a_house() as house:
        anna = await house.searching()
        await house.rests()
        house.searches.away, tries = True, house.searches.times_asked
        for _ in range(20):
            anna.session.tell(NoteStanding())
        await asyncio.sleep(100)
        assert house.searches.times_asked - tries < 20 + 110
        house.searches.away = False
        await house.rests()
        assert house.searches.noted == {anna.address}
