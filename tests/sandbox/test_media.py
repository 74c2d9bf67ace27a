"""Media between people and bots, with the stock client at the bots' end."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import pytest
from pyrogram import types as high
from pyrogram.errors import RPCError

from tests.sandbox.pictures import png
from tests.sandbox.town import Person, StockBot, T, Town

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
