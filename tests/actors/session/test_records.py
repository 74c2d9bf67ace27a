"""Records of chats: none stays open in the database when its chat is over."""

from __future__ import annotations

from copy import deepcopy

from domain.model.chat import ChatEnd
from domain.model.events import ChatEnded
from tests.actors.house import FIRST, SECOND, a_house
from tests.virtual_time import in_virtual_time


async def killed(house, *people) -> None:
    """Their process, which had not recorded that their chat is over; the database is back."""
    await house.rests()
    for person in people:
        session = person.session
        session.kill()
        house.directory.forget(person.address, session)
    house.chats.away = False


@in_virtual_time
async def test_the_end_of_a_chat_is_recorded_when_the_database_is_back():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        await anna.commands("stop")
        await anna.hears("you-left")
        await boris.hears("partner-left")
        house.chats.away = False
        await house.chats.until(lambda: house.chats.ends)
        assert house.chats.open == {}


@in_virtual_time
async def test_neither_side_is_done_with_the_end_of_a_chat_before_the_records_know_it():
    """A process that stopped before that would leave a chat in the records that is live for ever."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        stop = await anna.commands("stop")
        await boris.hears("partner-left")
        await anna.says("hello?")
        await anna.hears("menu-hint")
        await house.rests()
        house.stream.hand_out_again()
        await house.rests()
        assert stop.pts not in anna.telegram.confirmed
        assert not set(house.stream.of(ChatEnded)) & set(house.stream.acknowledged)
        house.chats.away = False
        await anna.is_answered(stop)
        await house.stream.until(lambda: set(house.stream.of(ChatEnded)) <= set(house.stream.acknowledged))
        assert list(house.chats.ends.values()) == [ChatEnd.STOPPED]
        assert boris.phone.count("partner-left") == 1


@in_virtual_time
async def test_the_end_of_a_chat_that_a_killed_process_did_not_record_is_recorded_by_the_next_one():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.chats.away = True
        await anna.commands("stop")
        await boris.hears("partner-left")
        await killed(house, anna, boris)
        house.stream.hand_out_again()
        await house.chats.until(lambda: house.chats.ends)
        await house.rests()
        assert house.chats.open == {}
        assert boris.phone.count("partner-left") == 1


@in_virtual_time
async def test_also_where_the_pool_died_with_that_process_and_had_the_chat_put_back():
    async with a_house() as house:
        anna, boris = await house.chatting()
        before = deepcopy(house.pool.oracle)
        house.chats.away = True
        stop = await anna.commands("stop")
        await boris.hears("partner-left")
        await killed(house, anna, boris)
        house.pool.oracle = before
        assert stop.pts not in anna.telegram.confirmed
        await anna.does(stop)
        await house.chats.until(lambda: house.chats.ends)
        await house.rests()
        assert house.chats.open == {}


@in_virtual_time
async def test_a_match_is_told_when_the_database_is_back():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        house.chats.away = True
        await anna.commands("find")
        await anna.hears("stores-down")
        assert "matched" not in boris.phone
        house.chats.away = False
        await boris.hears("matched")
        await anna.hears("matched")
        assert len(house.chats.open) == 1
