"""Edits that change nothing of what the partner has: nobody hears of them, and they cost nothing of the flood limit."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from domain.model.content import Content, Dice, Poll, Text, Uncopyable
from domain.model.digest import digests_of
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.ids import MessageId, Pts
from domain.model.inbound import CommandReceived, MessageEdited, MessageReceived
from domain.model.outgoing import Edit, NotSent, Why
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time

MANY = 100
"""More than the flood limit lets through at once."""


async def stir(person: Person, said: MessageReceived | CommandReceived, content: Content | None = None, *, times=MANY) -> None:
    """The same again, as an edit, many times at once; then it is done."""
    for _ in range(times):
        pts = Pts(next(person.telegram.ids))
        edited = MessageEdited(user=person.user, pts=pts, message=said.message, content=content or said.content)
        await person.does(edited)
    await person.is_answered(edited)


def edits_to(person: Person) -> list[str]:
    return [each.body.text for each in person.telegram.sent if isinstance(each, Edit) and each.to == person.user]


async def sends(person: Person, content: Content) -> MessageReceived:
    number = next(person.telegram.ids)
    said = MessageReceived(user=person.user, pts=Pts(number), message=MessageId(number), content=content)
    await person.does(said)
    return said


async def talks_on(anna: Person, boris: Person) -> None:
    await anna.says("and now?")
    await boris.hears("and now?")
    assert "too-fast" not in anna.phone


@in_virtual_time
async def test_a_message_that_stays_what_it_was_is_no_news():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("hello")
        await boris.hears("hello")
        await stir(anna, said)
        assert edits_to(boris) == []
        await talks_on(anna, boris)


@in_virtual_time
async def test_of_two_changes_and_their_echoes_two_arrive():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("helo")
        await boris.hears("helo")
        for text in ("hello", "helo"):
            await anna.edits(said, text)
            await stir(anna, said, Text(text=text))
        assert edits_to(boris) == ["hello", "helo"]
        await talks_on(anna, boris)


@in_virtual_time
async def test_a_preview_that_is_taken_away_is_a_change():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("see example.org")
        await stir(anna, said, Text(text="see example.org", no_preview=True))
        assert edits_to(boris) == ["see example.org"]


@in_virtual_time
async def test_what_is_on_its_way_is_compared_with_what_was_said_last():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            said = await anna.says("helo")
            for text in ("helo", "hello", "hello", "helo"):
                last = await anna.edits(said, text)
            await house.rests()
        await anna.is_answered(last)
        assert edits_to(boris) == ["hello", "helo"]


@in_virtual_time
@pytest.mark.parametrize("content", [Uncopyable(reason="refuse-location"), Text(text="x" * 4097)], ids=["location", "too long"])
async def test_what_was_refused_is_refused_once(content: Content):
    """A location moves; a text that was too long is made shorter."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        refused = await sends(anna, content)
        await anna.is_answered(refused)
        before = list(anna.phone)
        await stir(anna, refused)
        await stir(anna, refused, Text(text="short"))
        assert anna.phone == before
        assert edits_to(boris) == []
        await talks_on(anna, boris)


@in_virtual_time
async def test_what_became_something_that_cannot_be_passed_on_is_refused_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("hello")
        await boris.hears("hello")
        await stir(anna, said, Uncopyable(reason="refuse-location"))
        assert anna.phone.count("refuse-location") == 1
        await talks_on(anna, boris)


@in_virtual_time
@pytest.mark.parametrize("content", [Dice(emoji="🎲", value=6), Poll(question=Text(text="Tea?"), options=(Text(text="yes"),))])
async def test_votes_are_no_edits(content: Content):
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await sends(anna, content)
        await house.rests()
        more = replace(content, options=(Text(text="yes"), Text(text="no"))) if isinstance(content, Poll) else content
        await stir(anna, said, more)
        assert not [each for each in boris.telegram.sent if isinstance(each, Edit)]
        await talks_on(anna, boris)


@in_virtual_time
async def test_edits_of_commands_and_of_what_was_said_before_the_chat_cost_nothing():
    async with a_house() as house:
        anna = house.person(FIRST)
        early = await anna.says("is anybody there?")
        boris = await house.searching(SECOND)
        command = await anna.commands("find")
        await anna.hears("matched")
        before = list(anna.phone)
        await stir(anna, early, Text(text="anybody?"))
        await stir(anna, command, Text(text="find"))
        assert anna.phone == before
        await talks_on(anna, boris)


@in_virtual_time
async def test_edits_outside_of_a_chat_cost_nothing_and_ask_nothing_of_the_pool():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("hello")
        await boris.hears("hello")
        await boris.commands("stop")
        await anna.hears("partner-left")
        await house.rests()
        before, asked = list(anna.phone), house.pool.times_asked
        await stir(anna, said, Text(text="come back!"))
        assert anna.phone == before
        assert house.pool.times_asked == asked
        await anna.commands("find")
        await anna.hears("searching")


@in_virtual_time
async def test_a_banned_person_is_not_told_for_each_step_of_a_location():
    async with a_house() as house:
        anna = house.person(FIRST, banned_until=float("inf"))
        said = await anna.says("hello")
        await anna.hears("banned")
        await asyncio.sleep(120)
        await stir(anna, said)
        assert anna.phone.count("banned") == 1


async def restarted(house: House, *people: Person) -> None:
    """Their sessions end, and what comes next activates others, which know what the stores know."""
    await house.rests()
    for person in people:
        if person.session is not None:
            person.session.kill()


@in_virtual_time
async def test_it_is_known_after_a_restart_what_was_said_and_what_it_was_edited_to():
    async with a_house() as house:
        for _ in range(2):  # each bot's people are once the first side of their chat
            anna, boris = await house.chatting()
            said, later = await anna.says("helo"), await anna.says("bye")
            answer = await boris.says("hey")
            await anna.hears("hey")
            await anna.edits(said, "hello")
            await restarted(house, anna, boris)
            await stir(anna, said, Text(text="hello"))
            await stir(anna, later)
            await stir(boris, answer)
            assert (edits_to(anna), edits_to(boris)) == ([], ["hello"])
            await anna.edits(later, "good bye")
            await boris.edits(answer, "hey!")
            await house.rests()
            assert (edits_to(anna), edits_to(boris)) == (["hey!"], ["hello", "good bye"])
            await talks_on(anna, boris)


@in_virtual_time
async def test_each_part_of_an_album_is_known_by_itself_also_after_a_restart():
    async with a_house() as house:
        anna, boris = await house.chatting()
        parts = [await anna.sends_part(7, caption=caption) for caption in ("one", "two", "three")]
        await house.rests()
        for _ in range(2):
            for part in parts:
                await stir(anna, part)
            await restarted(house, anna, boris)
        two = replace(parts[1].content, caption=Text(text="zwei"))
        await stir(anna, parts[1], two)
        await house.rests()
        edits = [each for each in boris.telegram.sent if isinstance(each, Edit)]
        assert [each.body.caption.text for each in edits] == ["zwei"]


@in_virtual_time
async def test_an_album_is_not_split_by_an_edit_that_changes_nothing():
    async with a_house() as house:
        anna, boris = await house.chatting()
        said = await anna.says("hello")
        await boris.hears("hello")
        await anna.sends_part(7)
        await stir(anna, said, times=1)
        await anna.sends_part(7)
        await house.rests()
        assert [len(each.body.items) for each in boris.telegram.sent if hasattr(each.body, "items")] == [2]


@in_virtual_time
async def test_the_caption_of_an_album_that_is_being_sent_can_be_edited():
    async with a_house() as house:
        anna, boris = await house.chatting()
        part = await anna.sends_part(7, caption="teh sea")
        await anna.sends_part(7)
        await stir(anna, part, replace(part.content, caption=Text(text="the sea")))
        edits = [each for each in boris.telegram.sent if isinstance(each, Edit)]
        assert [each.body.caption.text for each in edits] == ["the sea"]


@in_virtual_time
async def test_the_digest_goes_with_a_message_to_another_process_and_is_known_when_it_comes_back():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open))
        house.directory.hand_over(boris.address.bot)
        said = await anna.says("helo")
        await anna.is_answered(said)
        await stir(anna, said)
        house.stream.add(FIRST, DeliveryReceipt(user=anna.user, chat=chat, mine=said.message, theirs=MessageId(77)))
        await house.rests()
        await stir(anna, said)
        await anna.edits(said, "hello")
        await house.rests()
        sent = [entry.event for entry in house.stream.entries[SECOND] if isinstance(entry.event, RelayedMessage)]
        assert [(each.content.text, each.edits) for each in sent] == [("helo", None), ("hello", 77)]
        assert [each.digests for each in sent] == [digests_of(each.content, b"") for each in sent]


@in_virtual_time
@pytest.mark.parametrize("digests", [digests_of(Text(text="helo"), b""), ()], ids=["of this release", "of an older release"])
async def test_what_another_process_brought_is_noted_with_its_digest(digests: tuple[int, ...]):
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open))
        carried = RelayedMessage(
            user=boris.user, chat=chat, source=anna.address, message=MessageId(50), content=Text(text="helo"), digests=digests
        )
        house.stream.add(SECOND, carried)
        await boris.hears("helo")
        await restarted(house, anna)
        said = MessageReceived(user=anna.user, pts=Pts(50), message=MessageId(50), content=carried.content)
        await stir(anna, said, times=1)
        assert edits_to(boris) == ([] if digests else ["helo"])
        await anna.edits(said, "hello")
        await boris.hears("hello")


@in_virtual_time
async def test_an_edit_of_what_did_not_arrive_is_not_spoken_of():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")
        said = await anna.says("helo")
        await anna.hears("not-delivered-file-too-big")
        before = list(anna.phone)
        await stir(anna, said, Text(text="hello"))
        assert anna.phone == before


@in_virtual_time
async def test_an_edit_of_a_reply_that_waits_for_a_file_follows_the_reply():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            file = await anna.sends_file(caption="look")
            reply = await anna.says("at taht", reply_to=file.message)
            edited = await anna.edits(reply, "at that")
            await house.rests()
        await anna.is_answered(edited)
        assert boris.phone[-2:] == ["at taht", "at that"]
        assert "edit-not-mirrored" not in anna.phone
