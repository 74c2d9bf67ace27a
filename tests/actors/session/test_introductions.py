"""Whoever has not heard of a chat is told of it before its first message, and hears all of it."""

from __future__ import annotations

from domain.model.content import Text
from domain.model.events import Matched, RelayedMessage
from domain.model.ids import MessageId
from tests.actors.house import FIRST, SECOND, a_house
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_who_has_not_been_told_of_the_chat_is_told_before_the_first_message():
    """Their session was begun anew before the event of the match came, and knows of the chat by the pool."""
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        await house.rests()
        async with house.stream.holding():
            await anna.commands("find")
            await anna.hears("matched")
            boris.session.kill()
            await boris.commands("help")
            await boris.hears("help")
            await anna.says("hello")
            await boris.hears("hello")
        await house.rests()
        assert boris.phone == ["searching", "help", "matched", "hello"]


@in_virtual_time
async def test_who_hears_only_afterwards_of_a_chat_hears_all_of_it():
    """Their bot was away while the partner came, spoke and left."""
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with house.stream.holding():
            await anna.commands("find")
            await anna.hears("matched")
            chat = anna.session._actor.session.place.chat
            said = RelayedMessage(
                user=boris.user, chat=chat.id, source=anna.address, message=MessageId(5), content=Text(text="hello")
            )
            house.stream.add(SECOND, said)
            await anna.commands("stop")
            await anna.hears("you-left")
        await boris.hears("partner-left")
        assert boris.phone == ["searching", "matched", "hello", "partner-left"]
        await house.rests()
        assert house.searches.noted == set()


@in_virtual_time
async def test_who_has_not_heard_of_the_match_is_introduced_before_the_first_message():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        await house.rests()
        async with house.stream.holding():
            anna = house.person(FIRST)
            await anna.commands("find")
            await anna.hears("matched")
            await anna.says("hello")
            await boris.hears("hello")
        await house.stream.until(lambda: set(house.stream.of(Matched)) <= set(house.stream.acknowledged))
        assert boris.phone == ["searching", "matched", "hello"]
