"""The pool decides, and its answer is lost: a server that hangs, restarts or fails over does what it was asked all the same. Who
asked was told of trouble; in a moment phone, pool and records agree again.
"""

from __future__ import annotations

import asyncio

import pytest

from domain.model.chat import ChatEnd
from domain.model.inbound import BotBlocked
from tests.actors.house import SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time

A_MOMENT = 9.0
"""Seconds for which nothing more may come: less than until a search message changes (`matching.progress_seconds`)."""


async def asks_in_vain(house: House, person: Person, command: str) -> None:
    house.pool.answers_lost = True
    await person.commands(command)
    await person.hears("stores-down")
    house.pool.answers_lost = False


@in_virtual_time
async def test_a_chat_that_was_left_is_over_for_whoever_left_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await asks_in_vain(house, anna, "stop")
        await boris.hears("partner-left")
        await anna.hears("you-left")
        await asyncio.sleep(A_MOMENT)
        await anna.says("is anybody there?")
        await anna.hears("menu-hint")
        assert anna.phone[-3:] == ["stores-down", "you-left", "menu-hint"]
        assert list(house.chats.ends.values()) == [ChatEnd.STOPPED]


@in_virtual_time
async def test_whoever_went_on_to_search_is_told_that_they_do():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await asks_in_vain(house, anna, "next")
        await boris.hears("partner-next")
        await anna.hears("already-searching")
        await house.rests()
        assert house.searches.noted == {anna.address}
        assert not house.chats.open


@in_virtual_time
async def test_whoever_went_on_and_was_paired_meets_that_partner():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        carol = await house.searching(SECOND)
        await asks_in_vain(house, anna, "next")
        await carol.hears("matched")
        await anna.says("hello")
        await asyncio.sleep(A_MOMENT)
        await anna.says("hello Carol")
        await carol.hears("hello Carol")
        assert anna.phone == ["matched", "stores-down", "matched"]


@in_virtual_time
async def test_a_search_that_was_ended_does_not_seem_to_go_on():
    async with a_house() as house:
        anna = await house.searching()
        await asks_in_vain(house, anna, "cancel")
        await anna.hears("search-cancelled")
        await house.rests()
        assert house.searches.noted == set()
        progress = anna.phone.count("searching-progress")
        await asyncio.sleep(100)
        assert anna.phone.count("searching-progress") == progress


@in_virtual_time
async def test_a_search_that_began_is_told_of():
    async with a_house() as house:
        anna = house.person()
        await asks_in_vain(house, anna, "find")
        await anna.hears("already-searching")
        await house.rests()
        assert house.searches.noted == {anna.address}


@in_virtual_time
async def test_a_server_that_hangs_may_be_seen_before_it_does_what_it_was_asked():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.away = True
        await anna.commands("stop")
        await anna.hears("stores-down")
        house.pool.away = False
        await asyncio.sleep(1.1)
        house.pool.catch_up()
        await boris.hears("partner-left")
        await anna.hears("you-left")


@pytest.mark.parametrize("seconds", [1.0, 60.0])
def test_what_was_not_done_is_not_done_later(seconds: float):
    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna, boris = await house.chatting()
            house.pool.away = True
            for _ in range(3):
                await anna.commands("stop")
            await anna.hears("stores-down", times=3)
            await anna.says("still here")
            await boris.hears("still here")
            await asyncio.sleep(seconds)
            house.pool.away = False
            await asyncio.sleep(A_MOMENT)
            await anna.says("and still")
            await boris.hears("and still")
            assert anna.phone == ["matched", *["stores-down"] * 3]

    story()


@in_virtual_time
async def test_whoever_asked_again_meanwhile_is_answered_once():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        await asks_in_vain(house, anna, "stop")
        await anna.commands("stop")
        await anna.hears("you-left")
        await anna.commands("find")
        await anna.hears("searching")
        await asyncio.sleep(A_MOMENT)
        assert anna.phone == ["matched", "stores-down", "you-left", "searching"]


@in_virtual_time
async def test_a_session_that_has_nothing_to_ask_asks_nothing():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        house.pool.away = True
        await anna.commands("stop")
        await anna.hears("stores-down")
        house.pool.away = False
        await asyncio.sleep(A_MOMENT)
        asked = len(house.pool.asked_for)
        await asyncio.sleep(A_MOMENT)
        assert len(house.pool.asked_for) == asked
        assert house.directory.session(anna.address).is_alive()


@in_virtual_time
async def test_whoever_blocks_the_bot_while_the_pool_is_away_does_not_keep_the_partner():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.away = True
        await anna.does(BotBlocked(user=anna.user))
        await house.rests()
        house.pool.away = False
        await boris.hears("partner-gone")
        await house.rests()
        assert list(house.chats.ends.values()) == [ChatEnd.GONE]


@in_virtual_time
async def test_a_search_that_was_ended_by_a_button_is_ended_once_the_pool_answers():
    async with a_house() as house:
        anna = await house.searching()
        house.pool.away = True
        await anna.presses("cancel")
        await asyncio.sleep(A_MOMENT)
        house.pool.away = False
        await anna.hears("search-cancelled")
        await asyncio.sleep(A_MOMENT)
        assert anna.phone.count("search-cancelled") == 1
        assert not house.pool.oracle.searches


@in_virtual_time
async def test_of_several_decisions_that_were_not_answered_the_last_one_made_counts():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.answers_lost = True
        await anna.commands("stop")
        await anna.hears("stores-down")
        house.pool.away = True
        await anna.commands("stop")
        await anna.hears("stores-down", times=2)
        house.pool.answers_lost = house.pool.away = False
        await boris.hears("partner-left")
        await anna.hears("you-left")
        await asyncio.sleep(A_MOMENT)
        assert anna.phone == ["matched", "stores-down", "stores-down", "you-left"]
