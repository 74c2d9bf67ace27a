"""Stores that are away or do not answer, and bugs of ours: nothing is half done, and the user is told."""

from __future__ import annotations

import asyncio

import pytest

from domain.model.events import SearchEnded
from tests.actors.house import SECOND, a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_message_that_breaks_the_session_is_lost_alone_and_apologised_for():
    async with a_house() as house:
        anna = house.newcomer()
        house.profiles.fault = ValueError("a bug of ours")
        broken = await anna.commands("start")
        await anna.hears("apology")
        await anna.is_answered(broken)
        await anna.commands("start")
        await anna.hears("welcome")


@in_virtual_time
async def test_what_was_sent_after_the_poison_is_handled():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.fault = ValueError("a bug of ours")
        async with house.pool.holding():
            await anna.commands("stop")
            await anna.says("still here")
            await house.pool.until(lambda: house.pool.held)
        await boris.hears("still here")
        assert anna.phone.count("apology") == 1
        assert house.pool.oracle.chats.keys() == {anna.user, boris.user}


@in_virtual_time
async def test_while_the_pool_is_away_nothing_changes_and_the_user_is_told():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.pool.away = True
        command = await anna.commands("stop")
        await anna.hears("stores-down")
        await anna.is_answered(command)
        await anna.says("still here")
        await boris.hears("still here")
        house.pool.away = False
        await anna.commands("stop")
        await anna.hears("you-left")


@in_virtual_time
async def test_a_pool_that_does_not_answer_is_away():
    """No fault of the message: nothing is apologised for."""
    async with a_house(ask_timeout=2.0) as house:
        anna, _boris = await house.chatting()
        async with house.pool.holding():
            await anna.commands("stop")
            await anna.hears("stores-down")
        assert "apology" not in anna.phone


@in_virtual_time
async def test_an_event_outlives_a_pool_that_does_not_answer():
    async with a_house(ask_timeout=2.0) as house:
        boris = await house.searching(SECOND)
        async with house.pool.holding():
            house.stream.add(SECOND, SearchEnded(user=boris.user))
            await house.pool.until(lambda: house.pool.held)
            await asyncio.sleep(10)
            assert house.stream.acknowledged == []
        await house.stream.until(lambda: house.stream.acknowledged)
        assert "apology" not in boris.phone


@in_virtual_time
async def test_while_the_database_is_away_a_profile_is_not_half_saved():
    async with a_house() as house:
        anna = house.newcomer()
        house.profiles.away = True
        await anna.commands("start")
        await anna.hears("stores-down")
        house.profiles.away = False
        await anna.commands("start")
        await anna.hears("ask-gender")


@pytest.mark.parametrize("store", ["pool", "profiles"])
def test_whoever_types_their_age_while_a_store_is_away_is_told_and_asked_again(store: str):
    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna = house.newcomer()
            await anna.commands("start")
            await anna.presses("gender:female")
            await anna.hears("ask-age")
            before = house.profiles.kept[anna.user]
            getattr(house, store).away = True
            typed = await anna.says("25")
            await anna.hears("stores-down")
            await anna.is_answered(typed)
            assert house.profiles.kept[anna.user] == before
            getattr(house, store).away = False
            await anna.commands("find")
            await anna.hears("ask-age", times=2)
            await anna.says("25")
            await anna.hears("profile-saved")
            assert house.profiles.kept[anna.user].age == 25

    story()


@in_virtual_time
async def test_a_press_while_a_store_is_away_ends_its_spinner():
    async with a_house() as house:
        anna = house.person()
        house.profiles.away = True
        await anna.presses("edit:age")
        await anna.telegram.until(lambda: anna.telegram.sent)
        assert anna.telegram.sent[0].text == "stores-down"
