"""Idle sessions leave memory, and nothing is forgotten: what was said is still known to the next ones."""

from __future__ import annotations

import asyncio
import gc
import weakref

from actors.messages import IdleTimeout
from actors.session.actor import SessionActor
from domain.matching.requests import Find
from domain.model.inbound import BotBlocked
from tests.actors.house import a_house
from tests.virtual_time import in_virtual_time

IDLE = 900.0


@in_virtual_time
async def test_a_message_does_not_wait_for_the_pool_where_the_chat_is_known():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.session.kill()
        await boris.says("here again")
        await anna.hears("here again")
        house.pool.away = True
        await anna.says("hello")
        await house.rests()
        assert boris.phone[-1] == "hello"


@in_virtual_time
async def test_an_idle_session_is_passivated_and_leaves_nothing_behind():
    async with a_house() as house:
        anna, boris = await house.chatting()
        passivated = weakref.ref(anna.session._actor)
        gc.disable()  # a search for garbage among 50,000 sessions would stop the worker for a second
        try:
            await asyncio.sleep(2 * IDLE)
            assert (anna.session, boris.session) == (None, None)
            assert passivated() is None
        finally:
            gc.enable()


@in_virtual_time
async def test_the_session_of_who_talks_stays_active():
    async with a_house() as house:
        anna, boris = await house.chatting()
        session = anna.session
        for number in range(5):
            await asyncio.sleep(IDLE * 0.6)
            await anna.says(f"number {number}")
            await boris.hears(f"number {number}")
        assert anna.session is session


@in_virtual_time
async def test_the_session_of_who_only_listens_stays_active():
    async with a_house() as house:
        anna, boris = await house.chatting()
        session = boris.session
        for number in range(5):
            await asyncio.sleep(IDLE * 0.6)
            await anna.says(f"number {number}")
            await boris.hears(f"number {number}")
        assert boris.session is session


@in_virtual_time
async def test_a_session_that_still_has_something_to_record_stays_active():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        await anna.commands("stop")
        await boris.hears("partner-left")
        await asyncio.sleep(3 * IDLE)
        house.chats.away = False
        await house.chats.until(lambda: house.chats.ends)
        await asyncio.sleep(2 * IDLE)
        assert (anna.session, boris.session) == (None, None)


@in_virtual_time
async def test_passivation_forgets_nothing():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("before the night")
        await boris.hears("before the night")
        await anna.is_answered(said)
        await asyncio.sleep(2 * IDLE)
        assert anna.session is None
        await boris.says("about that", reply_to=boris.id_of("before the night"))
        await anna.hears("about that")
        assert anna.message("about that").reply_to == said.message
        edited = await anna.edits(said, "after the night")
        await anna.is_answered(edited)
        assert boris.phone[-1] == "after the night"
        assert boris.phone.count("matched") == 1


@in_virtual_time
async def test_who_lost_a_partner_while_the_session_was_passive_searches_at_the_head_of_the_queue():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await asyncio.sleep(2 * IDLE)
        assert boris.session is None
        await anna.does(BotBlocked(user=anna.user))
        await boris.hears("partner-gone")
        await boris.commands("find")
        await boris.hears("searching", times=2)
        find = next(each for each in reversed(house.pool.asked_for) if isinstance(each, Find))
        assert find.priority


@in_virtual_time
async def test_a_message_to_a_passive_session_waits_for_a_pool_that_is_away_for_a_moment():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.session.kill()
        house.pool.away = True
        await anna.says("are you up?")
        await asyncio.sleep(5)
        assert "are you up?" not in boris.phone
        house.pool.away = False
        await boris.hears("are you up?")
        assert "not-delivered-unreachable" not in anna.phone


@in_virtual_time
async def test_a_message_that_comes_as_the_session_is_passivated_is_not_lost():
    async with a_house() as house:
        anna, boris = await house.chatting()
        anna.session._actor._seen -= IDLE
        anna.session.tell(IdleTimeout())
        said = await anna.says("one more thing")
        await boris.hears("one more thing")
        await anna.is_answered(said)


@in_virtual_time
async def test_a_message_on_its_way_keeps_its_senders_session_active():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("hello")
            anna.session._actor._seen -= IDLE
            anna.session.tell(IdleTimeout())
            await house.rests()
            assert anna.session is not None


@in_virtual_time
async def test_a_session_whose_bot_is_handed_over_keeps_its_map():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello")
        await boris.hears("hello")
        chat = next(iter(house.chats.open))
        await asyncio.gather(anna.session.stop(), boris.session.stop())
        assert len(house.maps.kept[chat]) == 1


@in_virtual_time
async def test_sessions_that_die_forget_what_was_said_in_the_last_moment_at_most():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("hello")
        await boris.hears("hello")
        await house.rests()
        house.maps.noted = {}
        for person in (anna, boris):
            person.session.kill()
        await boris.says("hello yourself", reply_to=boris.id_of("hello"))
        await anna.hears("hello yourself")
        assert anna.message("hello yourself").reply_to == said.message
        edited = await anna.edits(said, "hello!")
        await anna.is_answered(edited)
        assert boris.phone[-1] == "hello!"


@in_virtual_time
async def test_while_the_store_of_the_maps_is_away_people_talk_on_and_nothing_is_forgotten():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.maps.away = True
        await anna.says("hello")
        await boris.hears("hello")
        await house.rests()
        assert house.maps.kept == {}
        house.maps.away = False
        await house.maps.until(lambda: house.maps.kept)
        assert "stores-down" not in anna.phone + boris.phone


@in_virtual_time
async def test_both_sides_say_that_the_map_of_a_chat_may_expire_once_it_is_over():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("hello")
        await boris.hears("hello")
        await house.rests()
        assert house.maps.kept
        await anna.commands("stop")
        await boris.hears("partner-left")
        await house.rests()
        assert len(house.maps.ended) == 2
        assert set(house.maps.ended) == house.maps.kept.keys()


def test_a_session_keeps_no_dictionary():
    assert "__dict__" not in {
        name for cls in SessionActor.__mro__[:-1] for name in vars(cls) if cls.__module__.startswith("actors")
    }
