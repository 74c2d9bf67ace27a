"""What another process brings by the event stream: in order, and holding nothing up."""

from __future__ import annotations

import asyncio

from domain.model.chat import ChatEnd
from domain.model.content import Content, Text
from domain.model.events import ChatEnded, DeliveryReceipt, RelayedMessage
from domain.model.ids import MessageId
from domain.model.outgoing import Why
from tests.actors.house import FIRST, SECOND, House, Person, a_house
from tests.virtual_time import in_virtual_time

OUTAGE = 10.4
"""Longer than the patience of a session that is activated."""


def brings(house: House, sender: Person, to: Person, *contents: Content) -> list[str]:
    """Another process, what the sender said; the ids of the events."""
    chat = next(iter(house.chats.open))
    return [
        house.stream.add(
            to.address.bot,
            RelayedMessage(user=to.user, chat=chat, source=sender.address, message=MessageId(5000 + number), content=content),
        )
        for number, content in enumerate(contents)
    ]


@in_virtual_time
async def test_a_text_does_not_wait_for_a_file_before_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        file = (await anna.sends_file()).content
        await boris.hears("Media")
        boris.telegram.holds_files = True
        began = house.loop_time()
        brings(house, anna, boris, file, Text(text="meanwhile"))
        await boris.hears("meanwhile")
        assert house.loop_time() - began < 2.5


@in_virtual_time
async def test_who_cannot_be_reached_for_a_while_is_heard_all_the_same():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            brings(house, anna, boris, *(Text(text=word) for word in "abcdef"))
            await house.rests()
            await boris.says("one at a time!")
            await house.rests()
            assert anna.phone[-1] == "one at a time!"
        await boris.hears("f")
        assert boris.phone[-6:] == [*"abcdef"]


@in_virtual_time
async def test_the_end_of_a_chat_waits_for_what_was_said_before_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            brings(house, anna, boris, Text(text="good"), Text(text="bye"))
            house.stream.add(SECOND, ChatEnded(user=boris.user, chat=next(iter(house.chats.open)), why=ChatEnd.STOPPED))
            await house.rests()
            assert boris.telegram.discarded == []
        await boris.hears("partner-left")
        assert boris.phone[-3:] == ["good", "bye", "partner-left"]


async def left_by_themselves(house: House) -> tuple[Person, Person, str]:
    """Boris has, and his session knows nothing more of it. Then a word is brought that was for him; its event."""
    anna, boris = await house.chatting()
    chat = next(iter(house.chats.open))
    await boris.commands("stop")
    await anna.hears("partner-left")
    boris.session.kill()
    word = RelayedMessage(user=boris.user, chat=chat, source=anna.address, message=MessageId(5000), content=Text(text="wait"))
    return anna, boris, house.stream.add(SECOND, word)


@in_virtual_time
async def test_what_comes_too_late_for_whoever_left_is_not_shown_by_a_session_that_does_not_know():
    async with a_house() as house:
        anna, boris, event = await left_by_themselves(house)
        await house.stream.until(lambda: event in house.stream.acknowledged)
        assert boris.phone[-1] == "you-left"
        [back] = [entry.event for entry in house.stream.entries[FIRST] if isinstance(entry.event, DeliveryReceipt)]
        assert (back.user, back.why) == (anna.user, Why.DISCARDED)


@in_virtual_time
async def test_what_is_held_when_its_session_ends_is_left_to_the_next():
    async with a_house() as house:
        _anna, boris, event = await left_by_themselves(house)
        await house.rests()
        await boris.session.stop()
        await asyncio.sleep(OUTAGE)
        assert event not in house.stream.acknowledged
        house.stream.hand_out_again()
        await house.stream.until(lambda: event in house.stream.acknowledged)
        assert boris.phone[-1] == "you-left"


@in_virtual_time
async def test_messages_keep_their_order_over_an_outage_longer_than_anybodys_patience():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.session.kill()
        house.profiles.away = True
        ids = brings(house, anna, boris, Text(text="first"), Text(text="second"))
        await asyncio.sleep(OUTAGE)
        house.profiles.away = False
        await house.stream.until(lambda: set(ids) <= set(house.stream.acknowledged))
        heard = [word for word in boris.phone if word in {"first", "second"}]
        assert heard == sorted(heard)
        told = [entry.event for entry in house.stream.entries[FIRST] if isinstance(entry.event, DeliveryReceipt)]
        assert [back.why for back in told].count(Why.UNREACHABLE) == 2 - len(heard), "nothing is lost in silence"


@in_virtual_time
async def test_an_event_is_done_when_its_sender_can_be_told_what_became_of_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.stream.away = True
        [id_] = brings(house, anna, boris, Text(text="hello"))
        house.stream.away = False
        async with boris.telegram.holding():
            await house.rests()
            house.stream.away = True
        await boris.hears("hello")
        await house.rests()
        assert id_ not in house.stream.acknowledged
        house.stream.away = False
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        assert len(house.stream.of(DeliveryReceipt)) == 1
        assert boris.phone.count("hello") == 1


@in_virtual_time
async def test_a_session_that_is_handed_over_ends_when_what_it_was_brought_is_sent():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            [id_] = brings(house, anna, boris, Text(text="hello"))
            await house.rests()
            [session] = house.directory.hand_over(SECOND)
            ended = session.stop()
            await house.rests()
            assert not ended.done()
        await ended
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        assert len(house.stream.of(DeliveryReceipt)) == 1


@in_virtual_time
async def test_while_the_event_stream_is_opened_anew_whoever_speaks_to_another_process_is_told():
    """By the virtual clock: a session that asked again and again would let no time pass."""
    async with a_house() as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(boris.address.bot)
        await house.events.stop()
        said = await anna.says("hello")
        await anna.hears("not-delivered-unreachable")
        await anna.is_answered(said)
