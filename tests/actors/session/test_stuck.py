"""A chat that Telegram takes nothing for holds up nobody else, and whoever says something there learns how it ends. In virtual
time.
"""

from __future__ import annotations

import asyncio

from domain.model.content import Text
from domain.model.events import RelayedMessage
from domain.model.ids import MessageId
from domain.model.outgoing import Edit, NotSent, Why
from tests.actors.house import SECOND, a_house
from tests.virtual_time import in_virtual_time

GONE = NotSent(why=Why.GONE)
MANY = 1500
"""More updates than wait in any list of ours."""
HANDED_OUT_AGAIN = 35.0
"""Seconds after which an event that nobody acknowledged has come again."""


@in_virtual_time
async def test_an_update_is_done_once_its_message_is_sent():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            stuck = await anna.says("are you there?")
            await house.rests()
            assert stuck.pts not in anna.telegram.confirmed
        await anna.is_answered(stuck)
        assert boris.phone[-1] == "are you there?"


@in_virtual_time
async def test_behind_a_stuck_chat_more_updates_than_any_list_holds_are_done_in_time():
    async with a_house() as house:
        anna, boris = await house.chatting()
        carla, dora = await house.chatting()
        boris.telegram.stuck = {boris.user}
        stuck = await anna.says("are you there?")
        began = house.loop_time()
        said = []
        for number in range(MANY):
            house.pool.oracle.now += 1.0  # nobody is too fast
            said.append(await carla.says(f"number {number}"))
            await carla.is_answered(said[-1])
        assert house.loop_time() - began < 1.0
        assert [text for text in dora.phone if "number" in text] == [f"number {number}" for number in range(MANY)]
        assert {each.pts for each in said} <= {*carla.telegram.confirmed}
        assert stuck.pts not in anna.telegram.confirmed
        boris.telegram.flows()
        await boris.hears("are you there?")
        await anna.is_answered(stuck)


@in_virtual_time
async def test_replies_and_edits_find_what_arrived_late():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            stuck = await anna.says("helo")
            await anna.edits(stuck, "hello")
            await house.rests()
        await boris.hears("hello")
        assert isinstance(boris.telegram.sent[-1], Edit)
        await boris.says("hi", reply_to=boris.id_of("helo"))
        await anna.hears("hi")
        assert anna.message("hi").reply_to == stuck.message


@in_virtual_time
async def test_the_sender_is_told_of_a_late_message_that_failed_before_its_update_is_done():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.FLOOD, retry_after=60.0)
        async with boris.telegram.holding():
            stuck = await anna.says("hello")
            await house.rests()
        await anna.is_answered(stuck)
        assert anna.phone[-1] == "not-delivered-flood"


@in_virtual_time
async def test_a_partner_who_turns_out_to_be_gone_ends_the_chat_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = GONE
        async with boris.telegram.holding():
            said = await anna.says("hello")
            await house.rests()
        await anna.hears("partner-gone")
        await anna.is_answered(said)
        shown = [*anna.phone]
        await anna.does(said)  # as after a crash
        await house.rests()
        assert anna.phone == shown


@in_virtual_time
async def test_somebody_whom_a_late_text_of_ours_cannot_reach_is_gone():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            await boris.commands("find")
            await house.rests()
            boris.telegram.outcomes[boris.user] = GONE
        await anna.hears("partner-gone")


# --- on streams that die with the process


@in_virtual_time
async def test_what_a_stream_in_memory_holds_is_done_once_it_is_delivered():
    async with a_house(durable_streams=False) as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(SECOND)
        said = await anna.says("hello")
        await asyncio.sleep(HANDED_OUT_AGAIN)
        assert said.pts not in anna.telegram.confirmed
        for session in house.directory.close(SECOND):
            session.kill()
        house.stream.hand_out_again()
        await house.serve(SECOND)
        await boris.hears("hello")
        await anna.is_answered(said)


@in_virtual_time
async def test_what_a_stream_in_memory_holds_and_nobody_takes_is_done_once_its_sender_is_told():
    async with a_house(durable_streams=False) as house:
        anna, boris = await house.chatting()
        house.directory.hand_over(SECOND)
        said = await anna.says("hello")
        await house.rests()
        for session in house.directory.close(SECOND):
            session.kill()
        house.stream.hand_out_again()
        await house.serve(SECOND)
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        await anna.hears("not-delivered-refused")
        await anna.is_answered(said)


# --- from another process


@in_virtual_time
async def test_an_event_that_waits_to_be_sent_holds_up_no_other_and_is_sent_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        carla, dora = await house.chatting()
        boris.telegram.stuck = {boris.user}
        stuck = house.stream.add(SECOND, _said(house, anna, boris, "are you there?"))
        house.stream.add(SECOND, _said(house, carla, dora, "hello"))
        await dora.hears("hello")
        await asyncio.sleep(HANDED_OUT_AGAIN)
        house.stream.hand_out_again()
        await house.rests()
        assert stuck not in house.stream.acknowledged
        boris.telegram.flows()
        await boris.hears("are you there?")
        await house.rests()
        assert [getattr(each.body, "text", "") for each in boris.telegram.submitted].count("are you there?") == 1
        assert stuck in house.stream.acknowledged


def _said(house, speaker, listener, text: str) -> RelayedMessage:
    chat = next(chat.id for chat in house.chats.open.values() if listener.address in (chat.first, chat.second))
    return RelayedMessage(user=listener.user, chat=chat, source=speaker.address, message=MessageId(5000), content=Text(text=text))
