"""The copy of somebody's data, and their deletion, through a session: what is sent, what ends first, and what a crash leaves. In
virtual time.
"""

from __future__ import annotations

from actors.messages import GoOnDeleting
from domain.model.chat import ChatEnd
from domain.model.ids import Address
from domain.model.outgoing import Document, NotSent, Send, Why
from domain.session.state import Chatting, Idle
from tests.actors.house import FIRST, SECOND, a_house
from tests.virtual_time import in_virtual_time


def documents(person):
    return [each for each in person.telegram.sent if isinstance(each, Send) and isinstance(each.body, Document)]


def yes(house):
    return f"delete:{house.pool.oracle.now:.0f}"


@in_virtual_time
async def test_ten_times_a_minute_sends_one_copy_and_says_when_the_next_is():
    async with a_house() as house:
        anna = house.person()
        for _ in range(10):
            await anna.is_answered(await anna.commands("export"))
        [sent] = documents(anna)
        assert sent.body.name.endswith(".json")
        assert anna.phone.count("export-sent") == 1
        assert anna.phone.count("export-again") == 9


@in_virtual_time
async def test_the_command_that_comes_again_sends_the_same_copy():
    async with a_house() as house:
        anna = house.person()
        command = await anna.commands("export")
        await anna.is_answered(command)
        await anna.does(command)
        await house.rests()
        assert len(documents(anna)) == 1
        assert "export-again" not in anna.phone


@in_virtual_time
async def test_a_copy_that_did_not_arrive_may_be_asked_for_again():
    async with a_house() as house:
        anna = house.person()
        anna.telegram.outcomes[anna.user] = NotSent(why=Why.UNREACHABLE)
        await anna.is_answered(await anna.commands("export"))
        await house.rests()
        assert house.personal.exports == {}
        del anna.telegram.outcomes[anna.user]
        await anna.commands("export")
        await anna.hears("export-sent")
        assert len(documents(anna)) == 1


@in_virtual_time
async def test_a_chat_ends_before_the_deletion_and_the_partner_hears_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.presses(yes(house))
        await boris.hears("partner-left")
        await house.personal.until(lambda: house.personal.deleted == [anna.user])
        await house.rests()
        assert set(house.chats.ends.values()) == {ChatEnd.STOPPED}
        assert "you-left" not in anna.phone
        del house.profiles.kept[anna.user]
        await anna.commands("start")
        await anna.hears("welcome")


@in_virtual_time
async def test_a_search_ends_before_the_deletion():
    async with a_house() as house:
        anna = await house.searching()
        await anna.presses(yes(house))
        await house.personal.until(lambda: house.personal.deleted == [anna.user])
        boris = await house.searching(SECOND)
        await house.rests()
        assert "matched" not in anna.phone + boris.phone


@in_virtual_time
async def test_while_the_records_are_away_the_person_is_told_and_nothing_ends():
    async with a_house() as house:
        anna, _ = await house.chatting()
        house.personal.away = True
        await anna.presses(yes(house))
        await house.rests()
        assert isinstance(anna.telegram.receive and (await session_of(house, anna)).place, Chatting)
        assert house.personal.waiting == set()


@in_virtual_time
async def test_what_a_dead_process_left_is_gone_on_with_and_done_once():
    """It died after it had noted the wish: the chat goes on, and nobody was deleted."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.personal.waiting.add(anna.user)
        house.directory.session(anna.address).tell(GoOnDeleting())
        house.directory.session(anna.address).tell(GoOnDeleting())
        await boris.hears("partner-left")
        await house.rests()
        assert house.personal.deleted == [anna.user]


@in_virtual_time
async def test_of_somebody_who_is_at_another_bot_it_waits():
    async with a_house() as house:
        anna, _ = await house.chatting()
        elsewhere = Address(SECOND, anna.user)
        assert anna.address.bot == FIRST
        house.personal.waiting.add(anna.user)
        house.directory.session(elsewhere).tell(GoOnDeleting())
        await house.rests()
        assert house.personal.deleted == []
        await anna.commands("stop")
        await anna.hears("you-left")
        house.directory.session(elsewhere).tell(GoOnDeleting())
        await house.personal.until(lambda: house.personal.deleted == [anna.user])
        assert isinstance((await session_of(house, anna)).place, Idle)


async def session_of(house, person):
    """The state, through the actor that has it."""
    return person.session._actor.session
