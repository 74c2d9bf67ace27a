"""Albums: sent picture by picture, seen whole. In virtual time."""

from __future__ import annotations

from domain.model.content import Album, Uncopyable
from domain.model.events import DeliveryReceipt, RelayedMessage
from domain.model.ids import MessageId, Pts
from domain.model.inbound import MessageEdited
from domain.model.outgoing import Edit, NotSent, Why
from tests.actors.house import a_house
from tests.twins import relays
from tests.virtual_time import in_virtual_time


def captions(send):
    assert isinstance(send.body, Album)
    return [item.caption.text for item in send.body.items]


@in_virtual_time
async def test_an_album_arrives_whole_and_in_order():
    async with a_house() as house:
        anna, boris = await house.chatting()
        for caption in ("one", "two", "three"):
            await anna.sends_part(7, caption=caption)
        await boris.hears("Album")
        assert [captions(send) for send in relays(boris.telegram.sent)] == [["one", "two", "three"]]


@in_virtual_time
async def test_the_parts_are_confirmed_only_when_the_partner_has_the_album():
    async with a_house() as house:
        anna, boris = await house.chatting()
        async with boris.telegram.holding():
            parts = [await anna.sends_part(7) for _ in range(3)]
            await boris.telegram.until(lambda: relays(boris.telegram.submitted))
            await house.rests()
            assert not {part.pts for part in parts} & set(anna.telegram.confirmed)
        for part in parts:
            await anna.is_answered(part)


@in_virtual_time
async def test_what_is_said_after_an_album_comes_after_it_at_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.sends_part(7)
        await anna.sends_part(7)
        began = house.loop_time()
        await anna.says("look!")
        await boris.hears("look!")
        assert [each for each in boris.phone if each != "pictures-veiled"][-2:] == ["Album", "look!"]
        assert house.loop_time() - began < house.settings.chat.album_seconds


@in_virtual_time
async def test_one_album_after_the_other_stays_two():
    async with a_house() as house:
        anna, boris = await house.chatting()
        for album, caption in ((7, "a"), (7, "b"), (8, "c"), (8, "d")):
            await anna.sends_part(album, caption=caption)
        await boris.hears("Album", times=2)
        assert [captions(send) for send in relays(boris.telegram.sent)] == [["a", "b"], ["c", "d"]]


@in_virtual_time
async def test_a_picture_alone_in_its_album_is_a_picture():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.sends_part(7)
        await boris.hears("Media")


@in_virtual_time
async def test_ten_parts_do_not_wait_for_an_eleventh():
    async with a_house() as house:
        anna, boris = await house.chatting()
        began = house.loop_time()
        for _ in range(10):
            await anna.sends_part(7)
        await boris.hears("Album")
        assert house.loop_time() - began < house.settings.chat.album_seconds


@in_virtual_time
async def test_an_album_with_a_part_that_cannot_be_passed_on_is_refused_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        await anna.sends_part(7)
        await anna.sends_part(7, content=Uncopyable(reason="refuse-self-destructing"))
        await anna.hears("refuse-self-destructing")
        await house.rests()
        assert anna.phone.count("refuse-self-destructing") == 1
        assert relays(boris.telegram.sent) == []


@in_virtual_time
async def test_an_album_that_fails_is_told_of_once():
    async with a_house() as house:
        anna, boris = await house.chatting()
        boris.telegram.outcomes[boris.user] = NotSent(why=Why.REFUSED, detail="MEDIA_CAPTION_TOO_LONG")
        for _ in range(3):
            await anna.sends_part(7)
        await anna.hears("not-delivered-caption-too-long")
        await house.rests()
        assert anna.phone.count("not-delivered-caption-too-long") == 1


@in_virtual_time
async def test_each_part_can_be_replied_to_and_edited():
    async with a_house() as house:
        anna, boris = await house.chatting()
        parts = [await anna.sends_part(7) for _ in range(3)]
        await boris.hears("Album")
        await house.rests()
        keys = relays(boris.telegram.sent)[0].keys
        await boris.says("nice", reply_to=boris.telegram.message_ids[keys[1]])
        await anna.hears("nice")
        assert anna.message("nice").reply_to == parts[1].message
        edited = MessageEdited(
            user=anna.user, pts=Pts(next(anna.telegram.ids)), message=parts[2].message, content=parts[0].content
        )
        await anna.does(edited)
        await anna.is_answered(edited)
        edit = next(each for each in boris.telegram.sent if isinstance(each, Edit))
        assert edit.message == boris.telegram.message_ids[keys[2]]


@in_virtual_time
async def test_outside_a_chat_an_album_gets_one_hint():
    async with a_house() as house:
        anna = house.person()
        parts = [await anna.sends_part(7) for _ in range(3)]
        for part in parts:
            await anna.is_answered(part)
        assert anna.phone == ["menu-hint"]


# --- to a partner at another process


async def parted_by_processes(house):
    """Boris' bot is served elsewhere from now on."""
    anna, boris = await house.chatting()
    house.directory.close(boris.address.bot)
    return anna, boris


def carried(house, boris):
    return [entry.event for entry in house.stream.entries.get(boris.address.bot, []) if isinstance(entry.event, RelayedMessage)]


@in_virtual_time
async def test_an_album_for_another_process_goes_with_its_files_in_the_media_channel():
    async with a_house() as house:
        anna, boris = await parted_by_processes(house)
        anna.telegram.has_channel = True
        parts = [await anna.sends_part(7, caption="one"), await anna.sends_part(7, caption="two")]
        for part in parts:
            await anna.is_answered(part)
        (event,) = carried(house, boris)
        assert [item.file.post for item in event.content.items] == [part.message for part in parts]


@in_virtual_time
async def test_without_a_media_channel_the_partners_process_finds_out_and_the_sender_is_told_once():
    async with a_house() as house:
        anna, boris = await parted_by_processes(house)
        parts = [await anna.sends_part(7), await anna.sends_part(7)]
        await anna.is_answered(parts[1])
        (event,) = carried(house, boris)
        assert [item.file.post for item in event.content.items] == [None, None]
        back = DeliveryReceipt(
            user=anna.user, chat=event.chat, mine=parts[0].message, theirs=None, why="refused", detail="FILE_ELSEWHERE"
        )
        house.stream.add(anna.address.bot, back)
        await anna.hears("not-delivered-file-elsewhere")
        await house.rests()
        assert anna.phone.count("not-delivered-file-elsewhere") == 1


@in_virtual_time
async def test_what_another_process_answers_of_an_album_is_known_of_each_part():
    async with a_house() as house:
        anna, boris = await parted_by_processes(house)
        anna.telegram.has_channel = True
        parts = [await anna.sends_part(7), await anna.sends_part(7)]
        await anna.is_answered(parts[1])
        (event,) = carried(house, boris)
        pairs = tuple(zip([part.message for part in parts], [MessageId(501), MessageId(502)], strict=True))
        back = DeliveryReceipt(user=anna.user, chat=event.chat, mine=parts[0].message, theirs=MessageId(501), album=pairs)
        house.stream.add(anna.address.bot, back)
        await house.rests()
        said = await anna.says("this one", reply_to=parts[1].message)
        await anna.is_answered(said)
        assert carried(house, boris)[-1].reply_to == 502


@in_virtual_time
async def test_a_refusal_at_another_process_is_told_with_its_reason():
    async with a_house() as house:
        anna, boris = await parted_by_processes(house)
        anna.telegram.has_channel = True
        part = await anna.sends_part(7)
        await anna.is_answered(part)
        (event,) = carried(house, boris)
        back = DeliveryReceipt(
            user=anna.user, chat=event.chat, mine=part.message, theirs=None, why="refused", detail="MEDIA_CAPTION_TOO_LONG"
        )
        house.stream.add(anna.address.bot, back)
        await anna.hears("not-delivered-caption-too-long")


@in_virtual_time
async def test_an_album_from_another_process_is_answered_with_all_its_parts():
    async with a_house() as house:
        anna, boris = await parted_by_processes(house)
        anna.telegram.has_channel = True
        for _ in range(2):
            part = await anna.sends_part(7)
        await anna.is_answered(part)
        (event,) = carried(house, boris)
        there = RelayedMessage(
            user=anna.user, chat=event.chat, source=boris.address, message=event.message, content=event.content
        )
        id_ = house.stream.add(anna.address.bot, there)
        await house.stream.until(lambda: id_ in house.stream.acknowledged)
        (back,) = [e.event for e in house.stream.entries[boris.address.bot] if isinstance(e.event, DeliveryReceipt)]
        assert [mine for mine, _ in back.album] == [item.file.message for item in event.content.items]
        assert len({theirs for _, theirs in back.album}) == 2
