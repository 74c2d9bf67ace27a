"""Events from the stream: done once, acknowledged when done, in the order said."""

from __future__ import annotations

from domain.model.chat import ChatEnd
from domain.model.events import ChatEnded, DeliveryReceipt, Matched, RelayedMessage
from tests.actors.house import FIRST, SECOND, a_house
from tests.twins import STALE
from tests.virtual_time import in_virtual_time


@in_virtual_time
async def test_an_event_is_acknowledged_only_when_it_is_done():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with house.chats.holding():
            await anna.commands("find")
            await house.chats.until(lambda: house.chats.held == 2)
            await house.rests()
            assert house.stream.acknowledged == []
        await house.stream.until(lambda: set(house.stream.acknowledged) == set(house.stream.of(Matched)))
        assert boris.phone == ["searching", "matched"]


@in_virtual_time
async def test_an_event_whose_news_could_not_be_sent_comes_again():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = STALE
        await anna.commands("stop")
        await anna.hears("you-left")
        await house.rests()
        assert not set(house.stream.of(ChatEnded)) & set(house.stream.acknowledged)


@in_virtual_time
async def test_repeated_events_change_nothing():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open.values()))
        await anna.commands("stop")
        await boris.hears("partner-left")
        before = anna.phone + boris.phone
        repeats = [
            house.stream.add(FIRST, Matched(user=anna.user, chat=chat)),
            house.stream.add(SECOND, Matched(user=boris.user, chat=chat)),
            house.stream.add(SECOND, ChatEnded(user=boris.user, chat=chat.id, why=ChatEnd.STOPPED)),
        ]
        await house.stream.until(lambda: set(repeats) <= set(house.stream.acknowledged))
        assert anna.phone + boris.phone == before
        assert house.chats.open == {}


@in_virtual_time
async def test_an_event_done_while_nobody_takes_acknowledgements_is_done_all_the_same():
    async with a_house() as house:
        boris = await house.searching(SECOND)
        anna = house.person(FIRST)
        async with house.chats.holding():
            await anna.commands("find")
            await house.chats.until(lambda: house.chats.held == 2)
            house.events.kill()
        await boris.hears("matched")
        await anna.hears("matched")
        await anna.says("hello")
        await boris.hears("hello")
        assert "apology" not in anna.phone + boris.phone
        assert house.stream.acknowledged == []


@in_virtual_time
async def test_a_message_from_another_process_is_delivered_and_its_sender_told():
    async with a_house() as house:
        anna, boris = await house.chatting()
        chat = next(iter(house.chats.open.values()))
        said = await anna.says("before")
        await boris.hears("before")
        carried = RelayedMessage(
            user=boris.user, chat=chat.id, source=anna.address, message=said.message + 1000, content=said.content
        )
        id_ = house.stream.add(SECOND, carried)
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        assert boris.phone[-2:] == ["before", "before"]
        assert len(house.stream.of(DeliveryReceipt)) == 1


@in_virtual_time
async def test_what_was_said_while_the_partners_bot_was_elsewhere_is_not_overtaken_when_it_comes_here():
    async with a_house() as house:
        anna, boris = await house.chatting()
        [active] = house.directory.close(SECOND)
        active.kill()
        await anna.says("one")
        await anna.says("two")
        await house.stream.until(lambda: len(house.stream.of(RelayedMessage)) == 2)
        await house.serve(SECOND)
        await anna.says("three")
        await house.rests()
        await anna.says("four")
        await house.rests()
        assert house.telegrams[SECOND].shown[boris.user][-4:] == ["one", "two", "three", "four"]
