"""Files in parts, and whose they are: a bot can use only what it was given itself."""

from __future__ import annotations

import asyncio
import base64
from hashlib import md5
from io import BytesIO
from typing import Any

import pytest
from pyrogram.errors import RPCError

from tests.sandbox.town import F, Person, StockBot, T, Town
from transport.sandbox.server import Sandbox

PART = 512 * 1024


def part(number: int, place: int, data: bytes) -> F.upload.SaveFilePart:
    return F.upload.SaveFilePart(file_id=number, file_part=place, bytes=data)


def as_document(file: Any) -> T.InputMediaUploadedDocument:
    return T.InputMediaUploadedDocument(file=file, mime_type="application/zip", attributes=[])


def sending(bot: StockBot, anna: Person, media: Any, random_id: int) -> F.messages.SendMedia:
    return F.messages.SendMedia(peer=bot.peer(anna.id), media=media, message="", random_id=random_id)


async def refused(bot: StockBot, query: object) -> str:
    with pytest.raises(RPCError) as caught:
        await bot.call(query)
    return str(caught.value)


async def photo(town: Town, bot: StockBot, anna: Person) -> Any:
    """Anna's photo as the bot knows it."""
    data = base64.b64encode(b"a photo of hers").decode()
    await anna.does("messages", bot=town.bots[0], media={"kind": "photo", "data": data})
    return (await bot.reads()).media.photo


def location(photo: Any, **changed: Any) -> T.InputPhotoFileLocation:
    parts = {"id": photo.id, "access_hash": photo.access_hash, "file_reference": photo.file_reference, "thumb_size": "y"}
    return T.InputPhotoFileLocation(**(parts | changed))


def known(photo: Any, **changed: Any) -> T.InputMediaPhoto:
    parts = {"id": photo.id, "access_hash": photo.access_hash, "file_reference": photo.file_reference}
    return T.InputMediaPhoto(id=T.InputPhoto(**(parts | changed)))


async def test_parts_may_come_in_any_order_and_twice(town: Town) -> None:
    bot, anna = await town.chatting()
    pieces = [bytes([place]) * PART for place in range(3)] + [b"the end"]
    for place in (2, 0, 0, 3, 1, 1):
        query = F.upload.SaveBigFilePart(file_id=5, file_part=place, file_total_parts=4, bytes=pieces[place])
        assert await bot.call(query)
    await bot.call(sending(bot, anna, as_document(T.InputFileBig(id=5, parts=4, name="big")), 1))
    media = (await anna.sees())["message"]["media"]
    assert media["size"] == 3 * PART + 7
    assert (await town.http.get(f"/api/files/{media['file_unique_id']}")).content == b"".join(pieces)


async def test_a_large_file_goes_through_the_stock_client(town: Town) -> None:
    bot, anna = await town.chatting()
    file = BytesIO(bytes(range(256)) * 45_000)
    file.name = "large.bin"
    sent = await bot.client.send_document(anna.id, file)
    loaded = await bot.client.download_media(sent, in_memory=True)
    assert loaded.getbuffer() == file.getbuffer()


async def test_an_upload_may_be_sent_again_after_a_refusal(town: Town) -> None:
    bot, anna = await town.chatting()
    await bot.call(part(6, 0, b"bytes"))
    query = sending(bot, anna, as_document(T.InputFile(id=6, parts=1, name="a", md5_checksum=md5(b"bytes").hexdigest())), 1)
    await town.fault("flood_wait", method="messages.SendMedia")
    assert "FLOOD_WAIT" in await refused(bot, query)
    await bot.call(query)
    assert "RANDOM_ID_DUPLICATE" in await refused(bot, query)
    query.random_id = 2
    await bot.call(query)
    shown = [(await anna.sees())["message"]["media"]["file_unique_id"] for _ in range(2)]
    assert shown[0] == shown[1]


async def test_uploads_that_do_not_fit_together_are_refused(town: Town, sandbox: Sandbox) -> None:
    bot, anna = await town.chatting()
    assert "FILE_PART_EMPTY" in await refused(bot, part(7, 0, b""))
    assert "FILE_PART_TOO_BIG" in await refused(bot, part(7, 0, bytes(PART + 1)))
    assert "FILE_PART_INVALID" in await refused(bot, part(7, -1, b"x"))
    await bot.call(part(7, 0, bytes(1024)))
    await bot.call(part(7, 2, b"x"))
    for parts, checksum, error in ((3, "", "Part 1 of the file is missing"), (1, "", "FILE_PARTS_INVALID")):
        file = T.InputFile(id=7, parts=parts, name="a", md5_checksum=checksum)
        assert error in await refused(bot, sending(bot, anna, as_document(file), 1))
    assert "FILE_PART_SIZE_CHANGED" in await refused(bot, part(7, 1, b"less"))
    await bot.call(part(8, 0, b"x"))
    for number, checksum, error in ((8, "0" * 32, "MD5_CHECKSUM_INVALID"), (9, "", "Part 0 of the file is missing")):
        file = T.InputFile(id=number, parts=1, name="a", md5_checksum=checksum)
        assert error in await refused(bot, sending(bot, anna, as_document(file), 1))
    sandbox.files.limit = 1000
    assert "FILE_PARTS_INVALID" in await refused(bot, part(10, 0, bytes(1001)))


async def test_pieces_are_read_by_offset_and_limit(town: Town) -> None:
    bot, anna = await town.chatting()
    place = location(await photo(town, bot, anna))
    whole = await bot.call(F.upload.GetFile(location=place, offset=0, limit=4096))
    behind = await bot.call(F.upload.GetFile(location=place, offset=4096, limit=4096))
    assert (whole.bytes, behind.bytes) == (b"a photo of hers", b"")
    wrong = [
        (1, 4096, "OFFSET_INVALID"),
        (0, 1000, "LIMIT_INVALID"),
        (0, 2 << 20, "LIMIT_INVALID"),
        (4096, 1 << 20, "LIMIT_INVALID"),
    ]
    for offset, limit, error in wrong:
        assert error in await refused(bot, F.upload.GetFile(location=place, offset=offset, limit=limit))
    assert (await bot.call(F.upload.GetFile(location=place, offset=1024, limit=3072, precise=True))).bytes == b""


async def test_another_bot_s_files_are_worth_nothing(town: Town) -> None:
    one, anna = await town.chatting()
    two = await town.bot(1)
    await anna.says(town.bots[1], "/start")
    await two.reads()
    hers = await photo(town, one, anna)
    assert "LOCATION_INVALID" in await refused(two, F.upload.GetFile(location=location(hers), offset=0, limit=4096))
    assert "MEDIA_EMPTY" in await refused(two, sending(two, anna, known(hers), 1))
    assert "MEDIA_EMPTY" in await refused(one, sending(one, anna, known(hers, access_hash=1), 1))
    assert (await one.call(sending(one, anna, known(hers), 1))).updates


async def test_the_same_bytes_have_one_unique_id_whoever_sends_them(town: Town) -> None:
    one, anna = await town.chatting()
    two, boris = await town.bot(1), await town.person("Boris")
    await boris.says(town.bots[1], "/start")
    await two.reads()
    loaded = await one.client.download_media(await one_photo(town, one, anna), in_memory=True)
    loaded.name = "again.jpg"
    await two.client.send_photo(boris.id, loaded)
    there = (await boris.sees())["message"]["media"]["file_unique_id"]
    assert there == (await anna.sees_number(2))["media"]["file_unique_id"]


async def one_photo(town: Town, bot: StockBot, anna: Person) -> Any:
    await photo(town, bot, anna)
    return await bot.client.get_messages(anna.id, 2)


async def test_references_expire_and_the_message_has_new_ones(town: Town) -> None:
    bot, anna = await town.chatting()
    old = await photo(town, bot, anna)
    await town.fault("expire_files", bot=town.bots[0])
    assert "FILE_REFERENCE_EXPIRED" in await refused(bot, F.upload.GetFile(location=location(old), offset=0, limit=4096))
    assert "FILE_REFERENCE_EXPIRED" in await refused(bot, sending(bot, anna, known(old), 1))
    assert "FILE_REFERENCE_EMPTY" in await refused(bot, sending(bot, anna, known(old, file_reference=b""), 1))
    message = (await bot.call(F.messages.GetMessages(id=[T.InputMessageID(id=2)]))).messages[0]
    assert (await bot.call(sending(bot, anna, known(message.media.photo), 1))).updates


@pytest.mark.parametrize(
    ("media", "error"),
    [
        (T.InputMediaDice(emoticon="🙂"), "EMOTICON_INVALID"),
        (T.InputMediaPhotoExternal(url="https://example.org/a.jpg"), "WEBPAGE_CURL_FAILED"),
        (T.InputMediaEmpty(), "MEDIA_INVALID"),
        (T.InputMediaContact(phone_number="", first_name="", last_name="", vcard=""), "MEDIA_INVALID"),
    ],
)
async def test_media_that_telegram_does_not_take(town: Town, media: Any, error: str) -> None:
    bot, anna = await town.chatting()
    assert error in await refused(bot, sending(bot, anna, media, 1))


async def test_self_destroying_media_and_long_captions_are_refused(town: Town) -> None:
    bot, anna = await town.chatting()
    hers = await photo(town, bot, anna)
    media = known(hers)
    media.ttl_seconds = 5
    assert "TTL_MEDIA_INVALID" in await refused(bot, sending(bot, anna, media, 1))
    query = sending(bot, anna, known(hers), 1)
    query.message = "a" * 1025
    assert "MEDIA_CAPTION_TOO_LONG" in await refused(bot, query)


async def test_albums_that_telegram_does_not_take(town: Town) -> None:
    bot, anna = await town.chatting()
    hers = known(await photo(town, bot, anna))
    await bot.call(part(11, 0, b"zip"))
    file = T.InputFile(id=11, parts=1, name="a", md5_checksum="")
    stored = (await bot.call(F.messages.UploadMedia(peer=bot.peer(anna.id), media=as_document(file)))).document
    reference = {"access_hash": stored.access_hash, "file_reference": stored.file_reference}
    document = T.InputMediaDocument(id=T.InputDocument(id=stored.id, **reference))
    wrong = [
        ([], "MEDIA_EMPTY"),
        ([hers] * 11, "MULTI_MEDIA_TOO_LONG"),
        ([hers, document], "MEDIA_GROUPED_INVALID"),
        ([hers, as_document(file)], "MEDIA_INVALID"),
    ]
    for media, error in wrong:
        parts = [T.InputSingleMedia(media=one, random_id=place, message="") for place, one in enumerate(media)]
        assert error in await refused(bot, F.messages.SendMultiMedia(peer=bot.peer(anna.id), multi_media=parts))
    await bot.send(anna.id, "nothing came before this")
    assert (await anna.sees())["message"]["text"] == "nothing came before this"


async def test_many_upload_at_once(town: Town) -> None:
    bot, anna = await town.chatting()

    async def upload(number: int) -> None:
        await bot.call(part(number, 0, b"file %d" % number))
        file = T.InputFile(id=number, parts=1, name="a", md5_checksum="")
        await bot.call(sending(bot, anna, as_document(file), number))

    await asyncio.gather(*(upload(number) for number in range(100, 130)))
    shown = {(await anna.sees())["message"]["media"]["file_unique_id"] for _ in range(30)}
    assert len(shown) == 30
