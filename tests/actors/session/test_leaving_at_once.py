"""Both leave at once, each with a last message on its way. Nobody waits for the other, and no message vanishes in silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from actors.events import LONGEST_READ
from actors.messages import Settled
from actors.session.data import SETTLE_SECONDS
from actors.session.outcomes import NO_COUNTERPART
from domain.model.events import RelayedMessage
from domain.model.ids import ChatId, MessageId
from domain.session.facts import NotRelayed
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time

NOTHING_MORE = 30.0
"""Seconds after which nothing is under way any more."""
AT_ONCE = 1.0
"""Seconds, far fewer than anybody's patience with a message that does not arrive."""


@asynccontextmanager
async def a_pair(workers: int) -> AsyncIterator[tuple[Person, Person]]:
    async with a_house() as house:
        if workers == 1:
            yield await house.chatting()
            return
        await house.stop()
        one = House(bots=(FIRST,))
        other = House(bots=(SECOND,), stores=one)
        await one.start()
        await other.start()
        try:
            boris = await other.searching(SECOND)
            anna = one.person(FIRST)
            await anna.commands("find")
            await anna.hears("matched")
            await boris.hears("matched")
            await one.rests()
            yield anna, boris
        finally:
            await other.stop()
            await one.stop()
            await house.start()


async def leaves(person: Person, last: str, command: str) -> Any:
    """The message and the command are in the session's mailbox before it handles either."""
    tell_at_once(person)
    await person.says(last)
    return await person.commands(command)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("commands", [("stop", "stop"), ("next", "next"), ("stop", "next")], ids=" and ".join)
def test_two_who_leave_at_once_lose_no_message_in_silence(workers: int, commands: tuple[str, str]):
    @in_virtual_time
    async def story():
        async with a_pair(workers) as (anna, boris):
            began = anna._house.loop_time()
            of_anna = await leaves(anna, "goodbye", commands[0])
            of_boris = await leaves(boris, "farewell", commands[1])
            await anna.is_answered(of_anna)
            await boris.is_answered(of_boris)
            assert anna._house.loop_time() - began < AT_ONCE
            await asyncio.sleep(NOTHING_MORE)
            assert (boris.phone.count("goodbye"), anna.phone.count("not-delivered-chat-over")) in {(1, 0), (0, 1)}
            assert (anna.phone.count("farewell"), boris.phone.count("not-delivered-chat-over")) in {(1, 0), (0, 1)}

    story()


@in_virtual_time
async def test_a_reply_to_what_is_with_another_process_goes_on_once_that_has_arrived():
    """Not only when it is out of patience."""
    async with a_pair(2) as (anna, boris):
        house = anna._house
        began = house.loop_time()
        said = await anna.says("first")
        await anna.says("about that", reply_to=said.message)
        await anna.says("and another thing")
        await house.stream.until(lambda: len(house.stream.of(RelayedMessage)) == 3)
        assert house.loop_time() - began < 2 * LONGEST_READ + 0.1 < SETTLE_SECONDS
        await boris.hears("and another thing")
        assert boris.phone[-3:] == ["first", "about that", "and another thing"]
        assert boris.message("about that").reply_to == boris.id_of("first")


@in_virtual_time
async def test_whoever_leaves_hears_what_the_partner_says_meanwhile():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("goodbye")
            await boris.telegram.until(lambda: boris.telegram._waiting)
            await anna.commands("stop")
            await boris.says("wait!")
            await anna.hears("wait!")
            assert "you-left" not in anna.phone
        await anna.hears("you-left")
        await boris.hears("partner-left")
        assert boris.phone[-2:] == ["goodbye", "partner-left"]


@in_virtual_time
async def test_what_is_done_after_a_stop_that_waits_is_done_after_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("goodbye")
            await anna.commands("stop")
            late = await anna.says("too late")
            await anna.presses("unknown")
            asked = await anna.commands("help")
            await house.rests()
            assert "help" not in anna.phone
        await anna.is_answered(asked)
        await anna.is_answered(late)
        assert anna.phone[-3:] == ["you-left", "menu-hint", "help"]
        assert "too late" not in boris.phone


@in_virtual_time
async def test_two_who_reply_to_what_has_not_arrived_yet_do_not_wait_for_each_other():
    async with a_house() as house:
        anna, boris = await house.chatting()
        began = house.loop_time()
        for person in (anna, boris):
            tell_at_once(person)
            said = await person.says("first")
            await person.says("about that", reply_to=said.message)
        await anna.hears("about that")
        await boris.hears("about that")
        assert house.loop_time() - began < AT_ONCE
        assert anna.phone[-2:] == boris.phone[-2:] == ["first", "about that"]


@in_virtual_time
async def test_a_reply_still_waits_for_its_text_where_a_bug_broke_the_session_meanwhile():
    """Neither is lost, though the text is with another process by then."""
    async with a_pair(2) as (anna, boris):
        house = anna._house
        tell_at_once(anna)
        async with boris.telegram.holding():
            async with house.stream.holding():
                said = await anna.says("first")
                reply = await anna.says("about that", reply_to=said.message)
                await asyncio.sleep(AT_ONCE / 2)
                anna.session.tell(NotRelayed(chat=ChatId("unheard of"), message=MessageId(1), failure=NO_COUNTERPART))
                await asyncio.sleep(AT_ONCE / 2)
            await boris.telegram.until(lambda: boris.telegram._waiting)
            await asyncio.sleep(AT_ONCE)
            assert reply.pts not in anna.telegram.confirmed
        await anna.is_answered(reply)
        await boris.hears("about that")
        assert boris.phone[-2:] == ["first", "about that"]
        assert boris.message("about that").reply_to == boris.id_of("first")


def tell_at_once(person: Person) -> None:
    """What the person does is in the session's mailbox before any of it is handled."""

    async def does(update: Any) -> None:
        person.session.tell(update)

    person.does = does  # type: ignore[method-assign]


@in_virtual_time
async def test_a_wait_that_was_ended_twice_cuts_no_later_one_short():
    """As where something arrives in the moment in which patience with it ends."""
    async with a_pair(2) as (anna, boris):
        tell_at_once(anna)
        async with boris.telegram.holding():
            async with anna._house.stream.holding():
                said = await anna.says("first")
                await anna.says("about that", reply_to=said.message)
                await asyncio.sleep(AT_ONCE)
                earlier = anna.session._actor._suspended
            await boris.telegram.until(lambda: boris.telegram._waiting)
            anna.session.tell(Settled(of=earlier))
            await asyncio.sleep(AT_ONCE)
        await boris.hears("about that")
        assert boris.message("about that").reply_to == boris.id_of("first")


@in_virtual_time
async def test_whoever_met_the_partner_while_a_stop_waited_is_not_introduced_again_where_the_stop_fails():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.session.stop()
        async with boris.telegram.holding():
            await anna.says("goodbye")
            await boris.telegram.until(lambda: boris.telegram._waiting)
            await anna.commands("stop")
            await boris.says("wait!")
            await anna.hears("wait!")
            house.pool.away = True
        await anna.hears("stores-down")
        house.pool.away = False
        await boris.says("still there?")
        await anna.hears("still there?")
        cards = [each for each in anna.telegram.submitted if each.to == anna.user and "found" in getattr(each, "key", "")]
        assert len(cards) == 2, "the first by the session before"
