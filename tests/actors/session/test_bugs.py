"""A bug of ours loses what it broke and no more: the update or event is done, and the user is told."""

from __future__ import annotations

import asyncio
from unittest.mock import AsyncMock

from actors.events import LONGEST_READ
from actors.runtime.asking import RETRY_SECONDS
from domain.errors import Unavailable
from domain.model.events import SearchEnded
from domain.model.outgoing import Notice
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time

BUG = ValueError("a bug of ours")
NOTHING_MORE = 30.0
"""Seconds after which nothing is under way any more."""


@in_virtual_time
async def test_a_stop_that_a_bug_broke_after_it_had_waited_is_done_and_apologized_for_in_the_users_language():
    async with a_house() as house:
        anna, boris = await _speakers_of_russian(house)
        async with boris.telegram.holding():
            await anna.says("goodbye")
            await boris.telegram.until(lambda: boris.telegram._waiting)
            stop = await anna.commands("stop")
            house.pool.fault = BUG
            await house.rests()
            assert stop.pts not in anna.telegram.confirmed
        await asyncio.sleep(NOTHING_MORE)
        assert stop.pts in anna.telegram.confirmed
        assert _languages_of_apologies(anna) == ["ru"]


@in_virtual_time
async def test_an_event_that_a_bug_broke_when_it_was_tried_again_is_done():
    async with a_house() as house:
        anna = await house.searching()
        house.pool.faults[anna.user] = Unavailable("away")
        event = house.stream.add(FIRST, SearchEnded(user=anna.user))
        await asyncio.sleep(LONGEST_READ + RETRY_SECONDS / 2)
        house.pool.faults[anna.user] = BUG
        await asyncio.sleep(NOTHING_MORE)
        assert event in house.stream.acknowledged
        assert _languages_of_apologies(anna) == ["en"]


async def _speakers_of_russian(house: House) -> tuple[Person, Person]:
    """In a chat."""
    anna, boris = house.person(FIRST, language="ru"), house.person(SECOND, language="ru")
    for person in (anna, boris):
        await person.commands("find")
    await anna.hears("matched")
    await boris.hears("matched")
    await house.rests()
    return anna, boris


def _languages_of_apologies(person: Person) -> list[str]:
    said = [each.body for each in person.telegram.sent if each.to == person.user]
    return [body.language for body in said if isinstance(body, Notice) and body.text == "apology"]


@in_virtual_time
async def test_a_stop_whose_record_waits_for_the_database_is_done_though_a_bug_broke_the_session_meanwhile():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        house.chats.away = True
        stop = await anna.commands("stop")
        await anna.hears("you-left")
        house.pool.faults[anna.user] = BUG
        await anna.commands("find")
        await anna.hears("apology")
        house.chats.away = False
        await asyncio.sleep(NOTHING_MORE)
        assert stop.pts in anna.telegram.confirmed


@in_virtual_time
async def test_a_stop_is_done_though_a_bug_loses_its_record_once_the_database_is_back(monkeypatch):
    async with a_house() as house:
        anna, _boris = await house.chatting()
        house.chats.away = True
        stop = await anna.commands("stop")
        await house.rests()
        monkeypatch.setattr(house.chats, "ended", AsyncMock(side_effect=BUG))
        await asyncio.sleep(NOTHING_MORE)
        assert stop.pts in anna.telegram.confirmed
