"""Pictures come as their receiver has chosen, protected messages stay protected, and files of minors are not copied."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from domain.model.content import Entity, FileRef, Media, MediaKind, Text
from domain.model.ids import MessageId, Pts
from domain.model.inbound import MessageEdited
from domain.model.outgoing import Edit, Send
from domain.model.profile import MediaChoice
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time


def a_note(person: Person) -> Media:
    file = FileRef(bot=person.address.bot, id=9, access_hash=1, reference=b"", unique_id="9", message=MessageId(9))
    return Media(kind=MediaKind.VIDEO_NOTE, file=file)


def pictures_of(person: Person) -> list[Media]:
    """Those that this person was shown, as they were."""
    bodies = [each.body for each in person.telegram.sent if isinstance(each, Send | Edit) and each.to == person.user]
    return [body for body in bodies if isinstance(body, Media)]


def sends_to(person: Person) -> list[Send]:
    return [each for each in person.telegram.sent if isinstance(each, Send) and each.to == person.user]


@asynccontextmanager
async def two_workers():
    """Each bot in a process of its own: what is said goes by the stream."""
    first = House(bots=(FIRST,))
    second = House(bots=(SECOND,), stores=first)
    await first.start()
    await second.start()
    try:
        yield first, second
    finally:
        await second.stop()
        await first.stop()


def question(person: Person) -> str:
    """The data of the button under the question for agreement."""
    return next(each.body for each in sends_to(person) if getattr(each.body, "text", "") == "pictures-veiled").buttons[0][0].data


@in_virtual_time
async def test_pictures_are_covered_until_their_receiver_agrees_and_one_question_is_asked():
    async with a_house() as house:
        anna, boris = await house.chatting()
        for _ in range(2):
            await anna.is_answered(await anna.sends_file())
        assert [each.spoiler for each in pictures_of(boris)] == [True, True]
        assert boris.phone.count("pictures-veiled") == 1
        await boris.presses(question(boris))
        await anna.is_answered(await anna.sends_file())
        assert [each.spoiler for each in pictures_of(boris)] == [True, True, False]
        await anna.is_answered(await anna.sends_part(0, content=a_note(anna)))
        assert pictures_of(boris)[-1].kind is MediaKind.VIDEO_NOTE
        assert "not-delivered-not-agreed" not in anna.phone


@in_virtual_time
async def test_a_note_waits_for_agreement_and_its_sender_reads_so():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.is_answered(await anna.sends_part(0, content=a_note(anna)))
        await anna.hears("not-delivered-not-agreed")
        assert pictures_of(boris) == []
        assert "pictures-veiled" in boris.phone
        await anna.says("the chat goes on")
        await boris.hears("the chat goes on")


@in_virtual_time
async def test_who_takes_no_pictures_gets_none_nor_by_an_edit():
    async with a_house() as house:
        boris = house.person(SECOND, media=MediaChoice.NONE)
        await boris.commands("find")
        await boris.hears("searching")
        anna = house.person(FIRST)
        await anna.commands("find")
        await anna.hears("matched")
        await house.rests()
        await anna.is_answered(await anna.sends_file())
        await anna.hears("not-delivered-no-pictures")
        said = await anna.says("a text")
        await boris.hears("a text")
        picture = replace(a_note(anna), kind=MediaKind.PHOTO)
        pts = Pts(next(anna.telegram.ids))
        edited = MessageEdited(user=anna.user, pts=pts, message=said.message, content=picture)
        await anna.does(edited)
        await anna.is_answered(edited)
        await anna.hears("not-delivered-no-pictures", times=2)
        assert pictures_of(boris) == []


@in_virtual_time
async def test_an_edited_picture_stays_covered():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.sends_file()
        await anna.is_answered(said)
        other = replace(said.content, caption=Text(text="look"))
        edited = MessageEdited(user=anna.user, pts=Pts(next(anna.telegram.ids)), message=said.message, content=other)
        await anna.does(edited)
        await anna.is_answered(edited)
        assert [(each.spoiler, each.caption.text) for each in pictures_of(boris)] == [(True, ""), (True, "look")]
        assert boris.phone.count("pictures-veiled") == 1


@in_virtual_time
async def test_a_session_that_was_passivated_asks_again():
    async with a_house(idle_seconds=0.0) as house:
        anna, boris = await house.chatting()
        await anna.is_answered(await anna.sends_file())
        await boris.presses(question(boris))
        await house.rests()
        await house.rests()
        assert boris.session is None
        await anna.is_answered(await anna.sends_file())
        assert pictures_of(boris)[-1].spoiler
        assert boris.phone.count("pictures-veiled") == 2
        await boris.presses(question(boris))
        await anna.is_answered(await anna.sends_file())
        assert not pictures_of(boris)[-1].spoiler


@in_virtual_time
async def test_a_choice_made_in_a_chat_holds_at_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await boris.presses("pictures:open")
        await anna.is_answered(await anna.sends_file())
        assert (pictures_of(boris)[-1].spoiler, "pictures-veiled" in boris.phone) == (False, False)


@in_virtual_time
async def test_a_link_has_no_preview_for_who_did_not_agree():
    async with a_house() as house:
        anna, boris = await house.chatting()
        link = Text(text="example.org", entities=(Entity("url", 0, 11),))
        await anna.is_answered(await anna.sends_part(0, content=link))
        assert boris.message("example.org").body.no_preview
        await boris.presses("pictures:open")
        await anna.is_answered(await anna.sends_part(0, content=replace(link, text="example.com")))
        assert not boris.message("example.com").body.no_preview


@in_virtual_time
async def test_protected_messages_come_protected_and_the_partner_is_told_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.says("before")
        await anna.commands("protect")
        await anna.hears("protect-on")
        await anna.says("after")
        await anna.says("more")
        await boris.hears("more")
        await boris.says("mine")
        await anna.hears("mine")
        assert [boris.message(text).protected for text in ("before", "after", "more")] == [False, True, True]
        assert not anna.message("mine").protected
        assert boris.phone.count("partner-protects") == 1
        assert house.profiles.kept[anna.user].protected


@in_virtual_time
async def test_by_another_process_a_message_is_protected_and_covered_too():
    async with two_workers() as (first, second):
        boris = second.person(SECOND)
        await boris.commands("find")
        await boris.hears("searching")
        anna = first.person(FIRST, protected=True)
        await anna.commands("find")
        await anna.hears("matched")
        await boris.hears("matched")
        await first.rests()
        await anna.is_answered(await anna.sends_file())
        await boris.hears("pictures-veiled")
        await boris.hears("partner-protects")
        assert [(each.body.spoiler, each.protected) for each in sends_to(boris) if isinstance(each.body, Media)] == [(True, True)]
        await anna.sends_part(0, content=a_note(anna))
        await anna.hears("not-delivered-not-agreed")


@pytest.mark.parametrize("age", [15, 30])
@in_virtual_time
async def test_files_of_minors_are_not_copied_into_the_media_channel(age):
    async with two_workers() as (first, second):
        boris = second.person(SECOND, age=age)
        await boris.commands("find")
        await boris.hears("searching")
        anna = first.person(FIRST, age=age)
        await anna.commands("find")
        await anna.hears("matched")
        await boris.hears("matched")
        await first.rests()
        anna.telegram.has_channel = True
        sticker = replace(a_note(anna), kind=MediaKind.STICKER)
        await anna.is_answered(await anna.sends_part(0, content=sticker))
        await boris.hears("Media")
        sent = next(each for each in sends_to(boris) if isinstance(each.body, Media))
        assert (sent.body.file.post is None, sent.by_upload) == ((True, True) if age < 18 else (False, False))
