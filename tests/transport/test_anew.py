"""Files that must not go by their id are uploaded anew: own stickers, turned names, notes of cameras. `media/remaking.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pyrogram import raw

from domain.model.content import Anew, Media, Text, has_to_be_brought
from domain.model.ids import UserId
from domain.model.outgoing import Edit, Lane, NotSent, Send, Sent, Why
from tests.transport.files_with_notes import SECRET, jpeg
from tests.transport.test_file_transfer import CHAT, TwoBots
from tests.transport.test_media_reading import MARKS, a_document, a_photo, content
from tests.transport.test_updates import ANNA, READING, new, over_the_wire, said
from tests.transport.town import Town
from transport.media.sources import FileSources
from transport.sandbox.content.new_message import NewMessage
from transport.sandbox.faults import Fault, Kind
from transport.sandbox.world.model import File
from transport.updates.reading import read

types = raw.types


@pytest.fixture
def bots(town: Town) -> TwoBots:
    return TwoBots(town)


# --- what is to be uploaded anew


def a_sticker(sticker_set: Any, **more: Any) -> Any:
    return a_document([types.DocumentAttributeSticker(alt="🎉", stickerset=sticker_set, **more)])


def a_set(maker: int) -> Any:
    return types.InputStickerSetID(id=_signed(maker << 32 | 7), access_hash=5)


def _signed(number: int) -> int:
    return (number + (1 << 63)) % (1 << 64) - (1 << 63)


@pytest.mark.parametrize("maker", [ANNA, ANNA & 0x7FFFFFFF, (ANNA & 0x7FFFFFFF) | 1 << 31])
def test_a_sticker_of_the_senders_own_set_goes_without_it(maker):
    assert content(a_sticker(a_set(maker))).anew is Anew.WITHOUT_SET


@pytest.mark.parametrize("maker", [ANNA + 1, 1, (ANNA & 0x7FFFFFFF) ^ 1])
def test_a_sticker_of_somebody_elses_set_goes_by_its_id(maker):
    assert content(a_sticker(a_set(maker))).anew is Anew.NO


def test_a_set_that_is_named_may_be_the_senders_and_none_is_nobodys():
    assert content(a_sticker(types.InputStickerSetShortName(short_name="mine"))).anew is Anew.WITHOUT_SET
    assert content(a_sticker(types.InputStickerSetEmpty())).anew is Anew.NO


def test_a_custom_emoji_that_is_sent_as_a_file_goes_without_its_set():
    emoji = types.DocumentAttributeCustomEmoji(alt="🎉", stickerset=a_set(ANNA))
    assert content(a_document([emoji])).anew is Anew.WITHOUT_SET


def test_what_was_decorated_with_stickers_does_not_tell_their_sets():
    photo = a_photo()
    photo.photo.has_stickers = True
    assert content(photo).anew is Anew.WITHOUT_SET
    assert content(a_photo()).anew is Anew.NO
    film = a_document([*MARKS["video"], types.DocumentAttributeHasStickers()])
    assert content(film).anew is Anew.WITHOUT_SET


def test_a_name_that_turns_the_direction_of_writing_is_cleaned():
    media = content(a_document(name="pho\u202eto\u2066gpj.exe"))
    assert (media.file_name, media.extension, media.anew) == ("photogpj.exe", "exe", Anew.WITH_NAME)
    assert content(a_document(name="نامه.pdf")).anew is Anew.NO


# --- whose name a file has

ANNAS = types.User(
    id=ANNA,
    first_name="Anna Maria",
    last_name="Petrová",
    username="anna_p_1990",
    usernames=[types.Username(username="petra_other", active=True)],
)


def names_sender(name: str, kind: str = "document", writer: Any = ANNAS, **more: Any) -> bool:
    update = over_the_wire(new("", media=a_document(MARKS[kind], name=name), **more))
    received: Any = read(update, {ANNA: writer} if writer else {}, READING)
    return received.content.names_sender


@pytest.mark.parametrize(
    "name",
    [
        "Anna_Maria_CV.pdf",
        "annamaria.pdf",
        "CV-PETROVÁ.pdf",
        "petrová (1).pdf",
        "cvPetrová2024.pdf",
        "anna_p_1990.zip",
        "anna-p-1990.txt",
        "x petra other.txt",
    ],
)
def test_a_file_name_that_has_a_name_of_the_senders_is_noticed(name):
    assert names_sender(name)


@pytest.mark.parametrize("name", ["report.pdf", "", "IMG_1990.jpg", "anna.pdf", "p.txt"])
def test_other_names_are_not(name):
    assert not names_sender(name)


def test_the_name_of_a_film_counts_and_that_of_somebody_unknown_cannot():
    assert names_sender("Petrová.mp4", "video")
    assert not names_sender("Petrová.mp4", writer=None)


def test_a_short_name_counts_as_a_word_only():
    ann = types.User(id=ANNA, first_name="Ann", last_name="Li")
    assert names_sender("for ann.pdf", writer=ann)
    assert not names_sender("annual.pdf", writer=ann)
    assert not names_sender("li st.pdf", writer=ann)


def test_a_message_of_a_topic_is_no_reply_to_the_topic():
    topic = types.MessageReplyHeader(reply_to_msg_id=3, forum_topic=True)
    within = types.MessageReplyHeader(reply_to_msg_id=5, reply_to_top_id=3, forum_topic=True)
    assert [said("hi", reply_to=header).reply_to for header in (topic, within)] == [None, 5]


# --- how it goes


def sends(bots: TwoBots, data: bytes, kind: str, mime: str, **traits: Any) -> None:
    sandbox = bots.town.sandbox
    file = sandbox.catalog.add(sandbox.files.keep(data), kind, mime, **traits)
    sandbox.people.send(bots.anna, bots.first_bot, [NewMessage("", media={"kind": kind, "file": file.id})])


def own_sticker(bots: TwoBots, data: bytes = b"sticker") -> None:
    sends(bots, data, "sticker", "image/webp", emoji="🎉", sticker_set_id=(bots.anna.id & 0x7FFFFFFF) << 32 | 7)


def shown(bots: TwoBots, person: Any, bot: Any) -> list[File]:
    history = bots.town.sandbox.mailbox.history(person.id, bot.id, 1000, 1 << 31)
    files = [bots.town.sandbox.catalog.get(each.media["file"]) for each in history if each.from_bot and each.media]
    return [file for file in files if file is not None]


def bytes_of(bots: TwoBots, file: File) -> bytes:
    return bots.town.sandbox.files.path(file.unique).read_bytes()


async def relayed(bots: TwoBots, media: Media, *, same: bool, key: str = "k") -> tuple[Any, list[File]]:
    """To Boris at the other bot, or to Clara at the same."""
    if not same:
        return await bots.relay(media, key=key), shown(bots, bots.boris, bots.second_bot)
    clara = bots.town.person()
    bots.town.sandbox.people.say(clara, bots.first_bot, "hello")
    send = Send(to=UserId(clara.id), key=key, body=media, lane=Lane.RELAY, chat=CHAT)
    return await bots.first.telegram.submit(send), shown(bots, clara, bots.first_bot)


BOTH = pytest.mark.parametrize("same", [True, False], ids=["same bot", "other bot"])


@BOTH
async def test_an_own_sticker_arrives_as_the_same_picture_without_its_set(bots: TwoBots, same: bool):
    await bots.start()
    own_sticker(bots)
    outcome, (file,) = await relayed(bots, await bots.received_media(), same=same)
    assert isinstance(outcome, Sent)
    assert (file.kind, file.emoji, file.sticker_set_id, bytes_of(bots, file)) == ("sticker", "🎉", 0, b"sticker")


async def test_a_sticker_of_others_keeps_its_set_within_the_bot_also_after_its_maker_sent_it(bots: TwoBots):
    await bots.start()
    own_sticker(bots)
    mine = await bots.received_media()
    await relayed(bots, mine, same=True)
    outcome, (file,) = await relayed(bots, replace(mine, anew=Anew.NO), same=True, key="other")
    assert isinstance(outcome, Sent)
    assert file.sticker_set_id
    outcome, (file,) = await relayed(bots, mine, same=True, key="again")
    assert (file.sticker_set_id, bots.uploads()) == (0, 1)


@pytest.mark.parametrize("far", [True, False], ids=["other process", "same process"])
async def test_an_own_sticker_goes_without_its_set_also_where_there_is_a_media_channel(bots: TwoBots, far: bool):
    bots.has_channel()
    await bots.start(file_sources=(FileSources(), FileSources()) if far else None)
    own_sticker(bots)
    media: Any = await bots.received_media()
    if far:
        media = await bots.first.telegram.deposit(media)
        assert isinstance(media, Media)
    outcome, (file,) = await relayed(bots, media, same=False)
    assert isinstance(outcome, Sent)
    assert (file.sticker_set_id, bytes_of(bots, file)) == (0, b"sticker")


async def test_a_sticker_that_is_too_large_to_go_without_its_set_is_refused(bots: TwoBots):
    await bots.start()
    own_sticker(bots, bytes(512 * 1024 + 1))
    outcome, files = await relayed(bots, await bots.received_media(), same=True)
    assert (outcome, files) == (NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG"), [])


@BOTH
async def test_a_turned_name_arrives_cleaned(bots: TwoBots, same: bool):
    await bots.start()
    sends(bots, b"text", "document", "text/plain", name="a\u202etxt.b")
    _, (file,) = await relayed(bots, await bots.received_media(), same=same)
    assert file.name == "atxt.b"


def to_be_cleaned(media: Media) -> Media:
    return replace(media, anew=Anew.WITHOUT_DETAILS)


@BOTH
async def test_a_picture_sent_as_a_file_arrives_without_its_notes_and_keeps_its_name(bots: TwoBots, same: bool):
    await bots.start()
    sends(bots, jpeg(), "document", "image/jpeg", name="a.jpg")
    outcome, (file,) = await relayed(bots, to_be_cleaned(await bots.received_media()), same=same)
    assert isinstance(outcome, Sent)
    assert (file.kind, file.name, file.mime) == ("document", "a.jpg", "image/jpeg")
    assert SECRET not in bytes_of(bots, file)


async def test_an_edit_brings_a_cleaned_file_too(bots: TwoBots):
    await bots.start()
    sends(bots, b"text", "document", "text/plain", name="a.txt")
    sent = await bots.relay(await bots.received_media())
    assert isinstance(sent, Sent)
    sends(bots, jpeg(), "document", "image/jpeg", name="a.jpg")
    media = to_be_cleaned(await bots.received_media(2))
    edit = Edit(to=UserId(bots.boris.id), message=sent.message, body=media, lane=Lane.RELAY, chat=CHAT)  # type: ignore[arg-type]
    assert isinstance(await bots.second.telegram.submit(edit), Sent)
    (file,) = shown(bots, bots.boris, bots.second_bot)
    assert file.name == "a.jpg"
    assert SECRET not in bytes_of(bots, file)


async def test_what_turns_out_not_to_be_cleaned_is_refused_with_that_reason(bots: TwoBots):
    await bots.start()
    sends(bots, b"\xff\xd8 is no picture", "document", "image/jpeg", name="a.jpg")
    outcome, files = await relayed(bots, to_be_cleaned(await bots.received_media()), same=True)
    assert (outcome, files) == (NotSent(why=Why.REFUSED, detail="FILE_NOT_CLEANED"), [])


async def test_a_file_above_the_limit_of_uploads_is_refused_before_it_is_read(bots: TwoBots):
    await bots.start(max_reupload_mb=0)
    sends(bots, jpeg(), "document", "image/jpeg", name="a.jpg")
    outcome, _ = await relayed(bots, to_be_cleaned(await bots.received_media()), same=True)
    assert outcome == NotSent(why=Why.REFUSED, detail="FILE_TOO_BIG")
    assert bots.town.calls("upload.GetFile") == 0


async def test_what_is_uploaded_anew_within_one_bot_is_brought_like_a_file_of_another(bots: TwoBots):
    """So texts do not wait for it, and what is about it does."""
    await bots.start()
    own_sticker(bots)
    media = await bots.received_media()
    assert has_to_be_brought(media, media.file.bot)
    assert not has_to_be_brought(replace(media, anew=Anew.NO), media.file.bot)
    bots.town.sandbox.inflict(Fault(kind=Kind.DELAY, method="upload.getfile", seconds=1.0))
    slow = bots.first.telegram.submit(Send(to=UserId(bots.anna.id), key="k", body=media, lane=Lane.RELAY, chat=CHAT))
    quick = Send(to=UserId(bots.anna.id), key="q", body=Text(text="a text"), lane=Lane.RELAY, chat=CHAT)
    assert isinstance(await bots.first.telegram.submit(quick), Sent)
    assert not slow.done()
    assert isinstance(await slow, Sent)
