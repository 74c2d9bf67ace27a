"""Edits and replies: they follow the message that they belong to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from actors.session.data import SETTLE_SECONDS
from domain.model.chat import ChatEnd
from domain.model.content import Text, Uncopyable
from domain.model.events import ChatEnded, DeliveryReceipt, RelayedMessage
from domain.model.ids import ChatId, MessageId, Pts
from domain.model.inbound import MessageEdited
from domain.model.outgoing import AnswerPress, Edit, NotSent, Outgoing, Why
from tests.actors.house import FIRST, SECOND, Person, a_house
from tests.twins import wording
from tests.virtual_time import in_virtual_time


def edits(person: Person) -> list[Edit]:
    return [each for each in person.telegram.submitted if isinstance(each, Edit)]


def worded(submitted: list[Outgoing]) -> list[str]:
    return [wording(each) for each in submitted if not isinstance(each, AnswerPress)]


@in_virtual_time
async def test_what_was_said_in_this_chat_outlives_the_late_end_of_an_earlier_one():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        house.stream.add(FIRST, ChatEnded(user=anna.user, chat=ChatId("earlier"), why=ChatEnd.STOPPED))
        await house.rests()
        await anna.edits(said, "hello")
        await house.rests()
        assert boris.phone[-1] == "hello"
        assert "edit-not-mirrored" not in anna.phone


@in_virtual_time
async def test_an_edit_is_passed_on_and_ends_the_chat_of_a_partner_who_is_gone_though_its_number_is_below_the_last_command():
    """Numbers of edits are not to be compared with those of messages (`transport.updates.reading.key_of`)."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        first = MessageEdited(user=anna.user, pts=Pts(1), message=said.message, content=Text(text="hello"))
        await anna.does(first)
        await boris.hears("hello")
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        second = replace(first, pts=Pts(2), content=Text(text="hello!"))
        await anna.does(second)
        await anna.hears("partner-gone")
        assert house.pool.oracle.chats == {}


@in_virtual_time
async def test_an_edit_waits_for_its_own_message():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("helo")
            edited = await anna.edits(said, "hello")
            await house.rests()
        await anna.is_answered(edited)
        edit = boris.telegram.sent[-1]
        assert isinstance(edit, Edit)
        assert edit.message == boris.id_of("helo")
        assert boris.phone[-2:] == ["helo", "hello"]


@in_virtual_time
async def test_an_edit_waits_for_as_long_as_its_message_takes():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file(caption="teh sea")
            edited = await anna.edits(said, "the sea")
            await asyncio.sleep(10 * SETTLE_SECONDS)
            assert edited.pts not in anna.telegram.confirmed
            assert not edits(boris)
        await anna.is_answered(edited)
        assert [edit.message for edit in edits(boris)] == [boris.id_of_caption("teh sea")]
        assert "edit-not-mirrored" not in anna.phone


@in_virtual_time
async def test_what_is_said_after_an_edit_does_not_wait_with_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file()
            await anna.edits(said, "the sea")
            await anna.says("meanwhile")
            await boris.telegram.until(lambda: "meanwhile" in worded(boris.telegram.submitted))
            assert not edits(boris)


@in_virtual_time
async def test_edits_of_one_message_are_mirrored_in_their_order():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("hlo")
            await anna.edits(said, "helo")
            await anna.edits(said, "hello")
            await house.rests()
        last = await anna.edits(said, "hello!")
        await anna.is_answered(last)
        assert boris.phone[-4:] == ["hlo", "helo", "hello", "hello!"]


@in_virtual_time
async def test_the_edit_of_a_message_that_does_not_arrive_is_not_spoken_of():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")
        async with boris.telegram.holding():
            said = await anna.sends_file()
            edited = await anna.edits(said, "the sea")
            await house.rests()
        await anna.is_answered(edited)
        await anna.hears("not-delivered-file-too-big")
        assert "edit-not-mirrored" not in anna.phone


@in_virtual_time
async def test_an_edit_that_telegram_refuses_is_told_to_its_author():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        edited = await anna.edits(said, "hello")
        await anna.is_answered(edited)
        assert anna.phone[-1] == "edit-not-mirrored"


@in_virtual_time
async def test_the_edit_of_what_the_partner_never_got_is_not_spoken_of():
    async with a_house() as house:
        anna, boris = await house.chatting()
        command = await anna.commands("start")
        edited = await anna.edits(command, "a start")
        await anna.is_answered(edited)
        assert not edits(boris)
        assert anna.phone == ["matched", "already-chatting"]


@in_virtual_time
async def test_an_edit_that_waits_is_forgotten_with_its_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file()
            edited = await anna.edits(said, "the sea")
            await anna.commands("stop")
            await anna.hears("you-left")
        await anna.is_answered(edited)
        assert not edits(boris)
        assert anna.phone[-1] == "you-left"


@in_virtual_time
async def test_a_reply_to_a_file_that_is_being_brought_comes_after_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.sends_file(caption="look")
            await anna.says("and look at that", reply_to=said.message)
            await anna.says("meanwhile")
            await boris.telegram.until(lambda: "meanwhile" in worded(boris.telegram.submitted))
            assert "and look at that" not in worded(boris.telegram.submitted)
        await boris.hears("and look at that")
        assert boris.message("and look at that").reply_to == boris.id_of_caption("look")


@in_virtual_time
async def test_a_reply_to_a_text_that_has_not_arrived_keeps_its_place():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("first")
            await anna.says("about the first", reply_to=said.message)
            await anna.says("last")
            await house.rests()
        await boris.hears("last")
        assert boris.phone[-3:] == ["first", "about the first", "last"]
        assert boris.message("about the first").reply_to == boris.id_of("first")


@in_virtual_time
async def test_a_reply_to_what_one_sees_before_telegram_has_told_its_number_keeps_its_quote():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("before")
        await boris.hears("before")
        number = MessageId(boris.id_of("before") + 2)  # the reply itself is numbered first here
        async with boris.telegram.holding():
            said = await anna.says("hello")
            await boris.telegram.until(lambda: "hello" in worded(boris.telegram.submitted))
            await boris.says("hello to you", reply_to=number)
            await house.rests()
        await anna.hears("hello to you")
        assert boris.id_of("hello") == number
        assert anna.message("hello to you").reply_to == said.message


@in_virtual_time
async def test_a_reply_to_what_nobody_knows_waits_for_one_message_of_the_partners():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("one")
            await anna.says("two")
            await house.rests()
            await boris.says("about something else", reply_to=MessageId(999_999))
            await house.rests()
            assert "about something else" not in anna.phone
            boris.telegram.send_oldest()
            await asyncio.sleep(0.1)
            assert "about something else" in anna.phone


@in_virtual_time
async def test_a_reply_to_what_nobody_knows_waits_for_no_file_while_a_text_is_under_way():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.holds_files = True
        await anna.sends_file()
        async with boris.telegram.holding():
            await anna.says("a text")
            await house.rests()
            await boris.says("about something else", reply_to=MessageId(999_999))
            await house.rests()
            assert "about something else" not in anna.phone
        await asyncio.sleep(0.1)
        assert "about something else" in anna.phone


@in_virtual_time
async def test_a_reply_to_what_nobody_knows_waits_for_a_moment_only():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await anna.says("hello")
            await boris.says("about something else", reply_to=MessageId(999_999))
            await anna.hears("about something else")


@in_virtual_time
async def test_an_edit_waits_for_its_message_to_come_back_from_another_process():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open))
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("helo")
        await anna.is_answered(said)
        edited = await anna.edits(said, "hello")
        await house.rests()
        assert edited.pts not in anna.telegram.confirmed
        house.stream.add(FIRST, DeliveryReceipt(user=anna.user, chat=chat, mine=said.message, theirs=MessageId(77)))
        await anna.is_answered(edited)
        sent = [entry.event for entry in house.stream.entries[SECOND] if isinstance(entry.event, RelayedMessage)]
        assert [(each.content.text, each.edits) for each in sent] == [("helo", None), ("hello", 77)]


@in_virtual_time
async def test_an_edit_does_not_wait_for_ever_for_another_process():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("helo")
        await anna.is_answered(said)
        edited = await anna.edits(said, "hello")
        await anna.hears("edit-not-mirrored")
        await anna.is_answered(edited)


@in_virtual_time
async def test_replies_point_at_the_same_message_on_the_other_phone():
    async with a_house() as house:
        anna, boris = await house.chatting()
        first = await anna.says("first")
        await boris.hears("first")
        await house.rests()
        await boris.says("about the first", reply_to=boris.id_of("first"))
        await anna.hears("about the first")
        assert anna.message("about the first").reply_to == first.message
        await house.rests()
        await anna.says("about that", reply_to=anna.id_of("about the first"))
        await boris.hears("about that")
        assert boris.message("about that").reply_to is not None


@in_virtual_time
async def test_a_location_that_moves_since_before_the_chat_is_not_spoken_of():
    async with a_house() as house:
        anna, _boris = await house.chatting()
        earlier = await anna.commands("profile")
        pts = Pts(next(anna.telegram.ids))
        moved = MessageEdited(user=anna.user, pts=pts, message=earlier.message, content=Uncopyable(reason="refuse-location"))
        await anna.does(moved)
        await anna.is_answered(moved)
        assert "refuse-location" not in anna.phone


@in_virtual_time
async def test_a_message_that_became_one_that_cannot_be_passed_on_is_refused():
    async with a_house() as house:
        anna, boris = await house.chatting()
        hello = await anna.says("hello")
        await boris.hears("hello")
        pts = Pts(next(anna.telegram.ids))
        await anna.does(
            MessageEdited(user=anna.user, pts=pts, message=hello.message, content=Uncopyable(reason="refuse-location"))
        )
        await anna.hears("refuse-location")
