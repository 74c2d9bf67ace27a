"""Media between people and bots, with the stock client at the bots' end."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from pyrogram import types as high
from pyrogram.errors import RPCError

from tests.sandbox.pictures import gif, jpeg, png, webp
from tests.sandbox.town import F, Person, StockBot, T, Town

WEBP = (b"VP8X", b"VP8L", b"VP8 ")
KINDS = ("photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document")


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


async def shows(anna: Person, town: Town, media: dict[str, Any], **rest: Any) -> int:
    return (await anna.does("messages", bot=town.bots[0], media=media, **rest))["message_id"]


async def download(bot: StockBot, heard: Any) -> bytes:
    message = await high.Message._parse(bot.client, heard, {one: bot.users[one] for one in bot.users}, {})
    file = await bot.client.download_media(message, in_memory=True)
    return bytes(file.getbuffer())


async def content(town: Town, media: dict[str, Any]) -> bytes:
    answer = await town.http.get(f"/api/files/{media['file_unique_id']}")
    assert answer.status_code == 200
    return answer.content


async def refused(bot: StockBot, query: object) -> str:
    with pytest.raises(RPCError) as caught:
        await bot.call(query)
    return caught.value.ID or str(caught.value)


async def test_a_photo_goes_from_a_phone_to_the_bot_and_back(town: Town) -> None:
    bot, anna = await town.chatting()
    picture = png(640, 480)
    number = await shows(anna, town, {"kind": "photo", "data": b64(picture), "caption": "look: /here", "spoiler": True})
    heard = await bot.reads()
    assert isinstance(heard.media, T.MessageMediaPhoto)
    assert (heard.message, heard.media.spoiler, type(heard.entities[0])) == ("look: /here", True, T.MessageEntityBotCommand)
    assert [(one.w, one.h) for one in heard.media.photo.sizes[1:]] == [(320, 240), (640, 480)]
    assert await download(bot, heard) == picture

    again = await bot.client.send_photo(anna.id, named(picture, "again.png"), caption="back")
    shown = (await anna.sees())["message"]
    assert (shown["media"]["kind"], shown["caption"], shown["text"]) == ("photo", "back", "")
    assert (shown["media"]["width"], shown["media"]["height"], shown["media"]["spoiler"]) == (640, 480, False)
    assert await content(town, shown["media"]) == picture
    mine = (await anna.sees_number(number))["media"]
    assert mine["file_unique_id"] == shown["media"]["file_unique_id"]
    assert again.photo.file_size == len(picture)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_file_is_copied_by_the_stock_client(town: Town, kind: str) -> None:
    bot, anna = await town.chatting()
    number = await shows(anna, town, {"kind": kind, "data": b64(b"any bytes at all"), "file_name": "a.bin", "duration": 3})
    heard = await bot.reads()
    message = await high.Message._parse(bot.client, heard, bot.users, {})
    assert message.media.value == kind
    assert await download(bot, heard) == b"any bytes at all"
    await bot.client.copy_message(anna.id, anna.id, heard.id, reply_parameters=high.ReplyParameters(message_id=heard.id))
    shown = (await anna.sees())["message"]
    assert shown["media"] == (await anna.sees_number(number))["media"]
    assert (shown["reply_to"], shown["forwarded"]) == (number, False)


async def test_what_the_stock_client_sends_reaches_the_phone(town: Town) -> None:
    bot, anna = await town.chatting()
    client, data = bot.client, b"something"
    sends = {
        "video": client.send_video(anna.id, named(data, "a.mp4"), width=320, height=200, duration=9, has_spoiler=True),
        "animation": client.send_animation(anna.id, named(data, "a.mp4")),
        "audio": client.send_audio(anna.id, named(data, "a.mp3"), title="Song", performer="Singer", duration=7),
        "voice": client.send_voice(anna.id, named(data, "a.ogg"), duration=4, waveform=b"\x01\x02"),
        "video_note": client.send_video_note(anna.id, named(data, "a.mp4"), duration=2, length=200),
        "sticker": client.send_sticker(anna.id, named(webp(512, 300), "a.webp")),
        "document": client.send_document(anna.id, named(data, "report.pdf"), caption="see page 3"),
    }
    shown = {}
    for kind, send in sends.items():
        assert (await send).media.value == kind
        shown[kind] = (await anna.sees())["message"]["media"]
    assert [one["kind"] for one in shown.values()] == list(sends)
    assert (shown["video"]["width"], shown["video"]["duration"], shown["video"]["spoiler"]) == (320, 9, True)
    assert (shown["audio"]["title"], shown["audio"]["performer"]) == ("Song", "Singer")
    assert base64.b64decode(shown["voice"]["waveform"]) == b"\x01\x02"
    assert (shown["sticker"]["width"], shown["sticker"]["height"]) == (512, 300)
    assert (shown["document"]["file_name"], shown["document"]["mime_type"]) == ("report.pdf", "application/pdf")


async def test_what_is_no_file_goes_both_ways(town: Town) -> None:
    bot, anna = await town.chatting()
    contact = {"phone_number": "+49301234", "first_name": "Boris"}
    sent = {
        "poll": {"question": "Tea?", "options": ["yes", "no"]},
        "dice": "🎲",
        "contact": contact,
        "location": {"latitude": 52.5, "longitude": 13.25},
    }
    heard = {}
    for name, value in sent.items():
        await anna.does("messages", bot=town.bots[0], **{name: value})
        heard[name] = (await bot.reads()).media
    assert heard["poll"].poll.question.text == "Tea?"
    assert [answer.text.text for answer in heard["poll"].poll.answers] == ["yes", "no"]
    assert 1 <= heard["dice"].value <= 6
    assert (heard["contact"].first_name, heard["location"].geo.lat) == ("Boris", 52.5)

    await bot.client.send_poll(anna.id, "Coffee?", [high.InputPollOption(text=text) for text in ("yes", "no")])
    await bot.client.send_dice(anna.id, "🏀")
    await bot.client.send_contact(anna.id, "+49301234", "Boris")
    await bot.client.send_location(anna.id, 52.5, 13.25)
    shown = [(await anna.sees())["message"]["media"] for _ in range(4)]
    assert [one["kind"] for one in shown] == list(sent)
    assert shown[0]["options"] == ["yes", "no"]
    assert shown[2] == {"kind": "contact", "last_name": "", **contact}


async def test_an_album_stays_one_on_its_way_to_the_bot_back_and_copied(town: Town) -> None:
    bot, anna = await town.chatting()
    first = {"kind": "photo", "data": b64(png(10, 20)), "caption": "one"}
    second = {"kind": "video", "data": b64(b"moving"), "caption": "two", "spoiler": True}
    answer = await anna.does("messages", bot=town.bots[0], album=[first, second])
    heard = [await bot.reads() for _ in range(2)]
    assert [one.message for one in heard] == ["one", "two"]
    assert heard[0].grouped_id == heard[1].grouped_id > 1 << 53
    assert len(answer["message_ids"]) == 2

    copies = await bot.client.copy_media_group(anna.id, anna.id, heard[0].id)
    numbers, peer = [one.id for one in heard], bot.peer(anna.id)
    await bot.call(F.messages.ForwardMessages(from_peer=peer, to_peer=peer, id=numbers, random_id=[8, 9], drop_author=True))
    shown = [(await anna.sees())["message"] for _ in range(4)]
    assert [one["caption"] for one in shown] == ["one", "two"] * 2
    assert len({one["album_id"] for one in shown}) == 2
    assert {copies[0].media_group_id} == {int(shown[0]["album_id"])}
    assert [one["media"]["spoiler"] for one in shown] == [False, True] * 2


async def test_an_album_of_uploads_is_answered_with_its_ids_first(town: Town) -> None:
    bot, anna = await town.chatting()
    photos = [high.InputMediaPhoto(named(png(side, side), "a.png"), caption=str(side)) for side in (3, 4)]
    sent = await bot.client.send_media_group(anna.id, photos)
    assert [(one.caption, one.photo.width) for one in sent] == [("3", 3), ("4", 4)]
    shown = [(await anna.sees())["message"] for _ in range(2)]
    assert shown[0]["album_id"] == shown[1]["album_id"]

    known = (await bot.call(F.messages.GetMessages(id=[T.InputMessageID(id=sent[0].id)]))).messages[0].media.photo
    media = T.InputMediaPhoto(id=T.InputPhoto(id=known.id, access_hash=known.access_hash, file_reference=known.file_reference))
    parts = [T.InputSingleMedia(media=media, random_id=number, message="") for number in (71, 72)]
    answer = await bot.call(F.messages.SendMultiMedia(peer=bot.peer(anna.id), multi_media=parts))
    assert [type(one).__name__ for one in answer.updates] == ["UpdateMessageID"] * 2 + ["UpdateNewMessage"] * 2


async def test_captions_and_media_are_edited_from_both_ends(town: Town) -> None:
    bot, anna = await town.chatting()
    number = await shows(anna, town, {"kind": "photo", "data": b64(b"old"), "caption": "helo"})
    await bot.reads()
    await anna.does("edit", bot=town.bots[0], message_id=number, caption="hello")
    assert (await bot.gets(T.UpdateEditMessage)).message.message == "hello"
    await anna.does("edit", bot=town.bots[0], message_id=number, media={"kind": "photo", "data": b64(b"new")})
    edited = (await bot.gets(T.UpdateEditMessage)).message
    assert (edited.message, await download(bot, edited)) == ("hello", b"new")
    refusal = await anna.post("edit", bot=town.bots[0], message_id=1, media={"kind": "photo", "data": b64(b"new")})
    assert (refusal.status_code, refusal.json()["field"]) == (400, "media")

    sent = await bot.client.send_photo(anna.id, named(b"mine", "a.jpg"), caption="mine")
    await bot.client.edit_message_caption(anna.id, sent.id, "")
    assert (await anna.sees("edit"))["message"]["caption"] in {"hello", None}
    replacement = high.InputMediaVideo(named(b"moving", "a.mp4"), caption="moves")
    await bot.client.edit_message_media(anna.id, sent.id, replacement)
    last = await anna.sees_number((await anna.sees())["message"]["id"])
    assert (last["media"]["kind"], last["caption"], last["edited"]) == ("video", "moves", True)


async def test_a_text_does_not_become_media_nor_a_photo_a_poll(town: Town) -> None:
    bot, anna = await town.chatting()
    text, photo = await bot.send(anna.id, "words"), await bot.client.send_photo(anna.id, named(b"mine", "a.jpg"))
    dice = T.InputMediaDice(emoticon="🎲")
    edit = F.messages.EditMessage(peer=bot.peer(anna.id), id=text.id, media=dice)
    assert await refused(bot, edit) == "MEDIA_PREV_INVALID"
    edit.id = photo.id
    assert await refused(bot, edit) == "MEDIA_NEW_INVALID"


async def test_a_missed_photo_is_in_the_difference(town: Town) -> None:
    bot, anna = await town.chatting()
    state = await bot.call(F.updates.GetState())
    await shows(anna, town, {"kind": "photo", "data": b64(b"missed")})
    missed = await bot.call(F.updates.GetDifference(pts=state.pts, date=0, qts=0))
    assert await download(bot, missed.new_messages[0]) == b"missed"


@pytest.mark.parametrize("image", [png(7, 9), gif(7, 9), jpeg(7, 9), jpeg(7, 9, 60_000), *(webp(7, 9, kind) for kind in WEBP)])
async def test_a_photo_has_the_size_its_bytes_tell(town: Town, image: bytes) -> None:
    anna = await town.person()
    number = await shows(anna, town, {"kind": "photo", "data": b64(image)})
    media = (await anna.sees_number(number))["media"]
    assert (media["width"], media["height"], media["size"]) == (7, 9, len(image))
