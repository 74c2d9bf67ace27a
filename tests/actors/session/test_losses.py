"""Messages that could not be delivered: what their senders are told, and what becomes of the chat."""

from __future__ import annotations

import pytest

from domain.model.chat import ChatEnd
from domain.model.events import DeliveryReceipt
from domain.model.ids import MessageId
from domain.model.inbound import BotBlocked
from domain.model.outgoing import NotSent, Why
from tests.actors.house import FIRST, a_house
from tests.twins import relays
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_a_message_of_which_another_process_only_knows_that_it_was_sent_is_not_called_lost():
    async with a_house() as house:
        anna, _ = await house.chatting()
        chat = next(iter(house.chats.open))
        id_ = house.stream.add(FIRST, DeliveryReceipt(user=anna.user, chat=chat, mine=MessageId(7), theirs=None))
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        assert not any(text.startswith("not-delivered") for text in anna.phone)


@in_virtual_time
async def test_a_loss_is_done_when_its_sender_has_heard_of_it():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        async with anna.telegram.holding():
            said = await anna.says("hello")
            await house.rests()
            assert said.pts not in anna.telegram.confirmed
        await anna.is_answered(said)


@in_virtual_time
async def test_what_telegram_refuses_is_told_to_the_sender_and_done():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED)
        said = await anna.says("hello")
        await anna.hears("not-delivered-refused")
        await anna.is_answered(said)


@in_virtual_time
async def test_defect_8_a_partner_who_is_gone_ends_the_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        said = await anna.says("are you there?")
        await anna.hears("partner-gone")
        await anna.is_answered(said)
        assert house.pool.oracle.chats == {}
        assert list(house.chats.ends.values()) == [ChatEnd.GONE]


@in_virtual_time
async def test_that_a_partner_is_gone_is_done_when_its_sender_has_heard_also_where_the_end_waits_for_a_file():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.holds_files = True
        await anna.sends_file()
        await house.rests()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        said = await anna.says("are you there?")
        await house.rests()
        assert "partner-gone" not in anna.phone
        assert said.pts not in anna.telegram.confirmed
        boris.telegram.holds_files = False
        boris.telegram.flows()
        await anna.hears("partner-gone")
        await anna.is_answered(said)


@in_virtual_time
async def test_that_a_partner_is_gone_is_heard_over_a_full_mailbox():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.GONE)
        anna.session.actor_inbox.limit = 1
        async with house.pool.holding():
            async with boris.telegram.holding():
                await anna.says("are you there?")
                await boris.telegram.until(lambda: relays(boris.telegram.submitted))
                await anna.presses("old")
                await anna.commands("stop")
                await anna.says("hello?")
                await house.rests()
            await house.rests()
        await anna.hears("you-left")
        assert house.pool.oracle.chats == {}


@in_virtual_time
async def test_whoever_blocks_the_bot_leaves_the_chat():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await boris.does(BotBlocked(user=boris.user))
        await anna.hears("partner-gone")
        assert house.pool.oracle.chats == {}


@pytest.mark.parametrize("why", [Why.FLOOD, Why.UNREACHABLE])
def test_the_sender_hears_of_every_way_to_fail(why: Why):
    @in_virtual_time
    async def story():
        async with a_house() as house:
            anna, boris = await house.chatting()
            boris.telegram.outcomes[boris.user] = NotSent(why=why, retry_after=60)
            await anna.says("hello")
            await anna.hears(f"not-delivered-{why}")

    story()
