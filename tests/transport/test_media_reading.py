"""How photos, files, polls and dice are read from Telegram and sent to it. Each object is serialised and read back first."""

from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyrogram import raw
from pyrogram.raw.core import TLObject

from domain.model.content import Album, Dice, Media, MediaKind, Poll, Text, Uncopyable, with_files
from domain.model.ids import BotId
from domain.model.inbound import MessageReceived
from domain.model.outgoing import Edit, Lane, Send
from tests.transport.test_updates import ANNA, BOT, ENTITIES, FORWARDS, IDS, NAME, PHONE, optional, over_the_wire, said
from transport.calls.methods import CallContext, to_call
from transport.media.writing import AlwaysWritten, uploaded
from transport.texts.catalogue import Texts
from transport.texts.entities import utf16_length

types = raw.types
TEXTS = Texts(strict=True)
PEER = types.InputPeerUser(user_id=42, access_hash=-5)
SET = types.InputStickerSetEmpty()
VIDEO = {"duration": 12.5, "w": 640, "h": 360}
MARKS = {
    MediaKind.VIDEO: [types.DocumentAttributeVideo(**VIDEO)],
    MediaKind.ANIMATION: [types.DocumentAttributeVideo(**VIDEO), types.DocumentAttributeAnimated()],
    MediaKind.VIDEO_NOTE: [types.DocumentAttributeVideo(**VIDEO, round_message=True)],
    MediaKind.VOICE: [types.DocumentAttributeAudio(duration=3, voice=True, waveform=b"\1\2")],
    MediaKind.AUDIO: [types.DocumentAttributeAudio(duration=200, title="A Song", performer="A Band")],
    MediaKind.STICKER: [types.DocumentAttributeSticker(alt="🎉", stickerset=SET), types.DocumentAttributeImageSize(w=512, h=512)],
    MediaKind.DOCUMENT: [],
}


def a_document(attributes=(), name="", **more):
    names = [types.DocumentAttributeFilename(file_name=name)] if name else []
    document = types.Document(
        id=77, access_hash=-8, file_reference=b"r", date=1, mime_type="a/b", size=5000, dc_id=4, attributes=[*attributes, *names]
    )
    return types.MessageMediaDocument(document=document, **more)


def a_photo(**more):
    sizes = [
        types.PhotoStrippedSize(type="i", bytes=b"tiny"),
        types.PhotoSize(type="m", w=320, h=200, size=3000),
        types.PhotoSizeProgressive(type="y", w=1280, h=800, sizes=[2000, 40_000]),
        types.PhotoSize(type="x", w=800, h=500, size=9000),
    ]
    photo = types.Photo(id=78, access_hash=-9, file_reference=b"r", date=1, sizes=sizes, dc_id=2)
    return types.MessageMediaPhoto(photo=photo, **more)


def a_poll(*, right=None, **more):
    voters = [types.PeerUser(user_id=IDS["forwarded"])]
    answers = [types.PollAnswer(text=plain(text), option=bytes([place])) for place, text in enumerate(("Tea", "Coffee"))]
    poll = types.Poll(id=5, question=plain("What?"), answers=answers, hash=0, **more)
    votes = [types.PollAnswerVoters(option=bytes([right or 0]), correct=right is not None, voters=9, recent_voters=voters)]
    results = types.PollResults(
        results=votes, recent_voters=voters, total_voters=9, solution="Because", solution_entities=AlwaysWritten()
    )
    return types.MessageMediaPoll(poll=poll, results=results)


def plain(text):
    return types.TextWithEntities(text=text, entities=[])


def content(media, text="", **more):
    return said(text, media=media, **more).content


def call(outgoing, *random_ids):
    made = to_call(outgoing, CallContext(texts=TEXTS, peer=PEER, random_ids=random_ids or (1234,)))
    return TLObject.read(BytesIO(made.write()))


def send(body, *random_ids, **more):
    return call(Send(to=42, key="k", body=body, lane=Lane.RELAY, **more), *random_ids)


def edit(body):
    return call(Edit(to=42, message=8, body=body, lane=Lane.RELAY))


# --- read from Telegram


@pytest.mark.parametrize("kind", MARKS)
def test_the_kind_of_a_document_follows_from_its_attributes(kind):
    media = content(a_document(MARKS[kind]))
    assert isinstance(media, Media)
    assert media.kind is kind
    assert (media.file.bot, media.file.id, media.file.access_hash, media.file.reference) == (BOT, 77, -8, b"r")
    assert (media.file.size, media.file.dc, media.file.message, media.mime) == (5000, 4, 9, "a/b")


def test_of_a_photo_the_largest_size_is_used():
    media = content(a_photo())
    assert isinstance(media, Media)
    assert (media.kind, media.file.thumb, media.file.size, media.width, media.height) == ("photo", "y", 40_000, 1280, 800)


def test_a_caption_is_read_with_its_formatting_its_position_and_the_spoiler():
    bold = types.MessageEntityBold(offset=0, length=2)
    media = content(a_photo(spoiler=True), "👍", entities=[bold], invert_media=True)
    assert isinstance(media, Media)
    assert (media.caption.text, len(media.caption.entities), media.spoiler, media.caption_above) == ("👍", 1, True, True)


@pytest.mark.parametrize("kind", MARKS)
def test_only_documents_and_audio_keep_their_names(kind):
    media = content(a_document(MARKS[kind], name="name.bin"))
    assert isinstance(media, Media)
    assert media.file_name == ("name.bin" if kind in {MediaKind.DOCUMENT, MediaKind.AUDIO} else "")


def test_a_command_in_a_caption_is_not_carried_out():
    assert isinstance(content(a_photo(), "/stop"), Media)


def test_parts_of_an_album_are_marked():
    assert said(media=a_photo(), grouped_id=71).album == 71
    assert said(media=a_photo()).album == 0


@pytest.mark.parametrize("media", [a_photo(ttl_seconds=5), a_document(ttl_seconds=0x7FFFFFFF)], ids=["photo", "document"])
def test_self_destructing_media_are_refused(media):
    assert content(media) == Uncopyable(reason="refuse-self-destructing")


def test_a_poll_has_its_question_and_options_and_no_votes():
    options = (Text(text="Tea"), Text(text="Coffee"))
    assert content(a_poll(public_voters=True)) == Poll(question=Text(text="What?"), options=options)


def test_a_quiz_whose_answer_is_known_stays_a_quiz():
    poll = content(a_poll(quiz=True, right=1))
    assert isinstance(poll, Poll)
    assert (poll.quiz, poll.correct, poll.solution.text) == (True, (1,), "Because")


def test_a_quiz_whose_answer_is_not_known_is_asked_as_a_poll():
    poll = content(a_poll(quiz=True))
    assert isinstance(poll, Poll)
    assert (poll.quiz, poll.correct, poll.solution.text) == (False, (), "")


def test_dice_have_the_value_that_was_rolled():
    assert content(types.MessageMediaDice(value=6, emoticon="🎲")) == Dice(emoji="🎲", value=6)


@pytest.mark.parametrize(
    ("media", "reason"),
    [
        (types.MessageMediaStory(peer=types.PeerUser(user_id=ANNA), id=3), "refuse-story"),
        (types.MessageMediaInvoice(title="t", description="d", currency="XTR", total_amount=1, start_param=""), "refuse-payment"),
        (types.MessageMediaPaidMedia(stars_amount=1, extended_media=[]), "refuse-payment"),
        (types.MessageMediaGiveaway(channels=[1], quantity=1, until_date=1), "refuse-giveaway"),
        (
            types.MessageMediaGame(
                game=types.Game(id=1, access_hash=1, short_name="g", title="t", description="d", photo=types.PhotoEmpty(id=1))
            ),
            "refuse-game",
        ),
    ],
)
def test_content_that_cannot_be_copied_is_refused_with_its_reason(media, reason):
    assert content(media) == Uncopyable(reason=reason)


# --- sent to Telegram


def test_a_file_of_the_same_bot_is_sent_by_id():
    made = send(content(a_photo(spoiler=True), "look"), reply_to=6)
    assert isinstance(made, raw.functions.messages.SendMedia)
    assert (made.message, made.random_id, made.reply_to.reply_to_msg_id) == ("look", 1234, 6)
    assert made.media.spoiler
    assert made.media.id == types.InputPhoto(id=78, access_hash=-9, file_reference=b"r")


def test_an_album_is_one_call_with_a_random_id_for_each_part():
    first, second = content(a_photo(), "one"), content(a_document(MARKS[MediaKind.VIDEO]), "two")
    assert isinstance(first, Media)
    assert isinstance(second, Media)
    made = send(Album(items=(first, second)), 5, 6)
    assert isinstance(made, raw.functions.messages.SendMultiMedia)
    assert [(single.random_id, single.message) for single in made.multi_media] == [(5, "one"), (6, "two")]
    assert [type(single.media) for single in made.multi_media] == [types.InputMediaPhoto, types.InputMediaDocument]


@pytest.mark.parametrize("covered", [True, False], ids=["covered", "uncovered"])
@pytest.mark.parametrize("kind", [MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.ANIMATION])
def test_exactly_the_media_with_a_spoiler_are_sent_with_one(kind, covered):
    media = content(a_photo(spoiler=covered) if kind is MediaKind.PHOTO else a_document(MARKS[kind], spoiler=covered))
    assert isinstance(media, Media)
    assert media.kind is kind
    album = send(Album(items=(media, media)), 5, 6).multi_media
    shown = [send(media).media, edit(media).media, *(part.media for part in album)]
    assert [bool(each.spoiler) for each in shown] == [covered] * 4


def test_an_edit_sends_the_caption_and_the_file():
    made = edit(content(a_photo(), "better"))
    assert (made.id, made.message, type(made.media)) == (8, "better", types.InputMediaPhoto)


@pytest.mark.parametrize("above", [True, False], ids=["above", "below"])
def test_a_caption_keeps_its_position(above):
    media = content(a_photo(), "look", invert_media=above or None)
    assert isinstance(media, Media)
    for made in (send(media), send(Album(items=(media, media)), 5, 6), edit(media)):
        assert bool(made.invert_media) is above


@pytest.mark.parametrize("kind", [MediaKind.VOICE, MediaKind.VIDEO_NOTE, MediaKind.STICKER])
def test_if_the_file_cannot_be_replaced_an_edit_sends_the_caption(kind):
    made = edit(content(a_document(MARKS[kind]), "better"))
    assert (made.message, made.media) == ("better", None)


def test_dice_are_sent_as_text():
    assert send(Dice(emoji="🎯", value=5)).message == "🎯 5"


def test_a_quiz_is_sent_with_its_answer():
    made = send(content(a_poll(quiz=True, right=1)))
    assert [answer.text.text for answer in made.media.poll.answers] == ["Tea", "Coffee"]
    assert (made.media.poll.quiz, made.media.correct_answers, made.media.solution) == (True, [1], "Because")
    assert not made.media.poll.public_voters


@pytest.mark.parametrize("kind", MARKS)
def test_an_upload_has_the_attributes_of_its_kind(kind):
    read = content(a_document(MARKS[kind], name="name.bin"))
    assert isinstance(read, Media)
    made = over_the_wire(uploaded(read, types.InputFile(id=1, parts=1, name="x", md5_checksum="")))
    assert made.thumb is None
    document = types.Document(
        id=1, access_hash=1, file_reference=b"", date=1, size=1, dc_id=1, mime_type=made.mime_type, attributes=made.attributes
    )
    again = content(types.MessageMediaDocument(document=document))
    assert isinstance(again, Media)
    names = ("kind", "mime", "file_name", "duration", "width", "height", "title", "performer", "waveform", "emoji")
    assert [getattr(again, name) for name in names] == [getattr(read, name) for name in names]


# --- formatting keeps its position in a relayed text

LETTERS = st.text(alphabet="ab 👍🇬🇧é👨‍👩‍👧\u0301", max_size=6)


@st.composite
def formatted(draw, depth=3):
    """A text with adjacent and nested entities, and the part of the text that each covers."""
    text, entities = "", []
    for _ in range(draw(st.integers(1, 3))):
        text += draw(LETTERS)
        if depth and draw(st.booleans()):
            inner, within = draw(formatted(depth=depth - 1))
            if inner:
                offset = utf16_length(text)
                kind = draw(st.sampled_from([types.MessageEntityBold, types.MessageEntityItalic, types.MessageEntitySpoiler]))
                entities.append(kind(offset=offset, length=utf16_length(inner)))
                entities += [type(each)(offset=each.offset + offset, length=each.length) for each in within]
                text += inner
    return text, entities


def covered(text, entities):
    units = text.encode("utf-16-le")
    return [(type(e), units[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le")) for e in entities or ()]


@given(formatted(), st.sampled_from([None, a_photo(), a_document()]))
def test_formatting_covers_the_same_text_when_it_is_sent(written, media):
    text, entities = written
    received = said(text or "x", media=media, entities=entities).content
    made = send(received)
    assert made.message == (text or "x")
    assert covered(made.message, made.entities) == covered(text, entities)


# --- nothing about the sender is relayed

SECRETS = tuple(map(str.encode, (NAME, PHONE))) + tuple(
    number.to_bytes(8, "little") for number in (*IDS.values(), IDS["mentioned"])
)
MEDIA_OF_EVERY_KIND = st.sampled_from(
    [
        a_photo(),
        a_photo(spoiler=True),
        *(a_document(marks, name=NAME) for kind, marks in MARKS.items() if kind not in {MediaKind.DOCUMENT, MediaKind.AUDIO}),
        a_document(MARKS[MediaKind.DOCUMENT], name="report.pdf"),
        a_document(MARKS[MediaKind.AUDIO], name="song.mp3"),
        a_poll(public_voters=True, creator=True),
        a_poll(quiz=True, right=0),
        types.MessageMediaDice(value=3, emoticon="🎲"),
        types.MessageMediaContact(phone_number=PHONE, first_name=NAME, last_name=NAME, vcard=NAME, user_id=ANNA),
        types.MessageMediaStory(peer=types.PeerUser(user_id=ANNA), id=3),
        types.MessageMediaGeo(geo=types.GeoPoint(long=1.0, lat=2.0, access_hash=ANNA)),
        None,
    ]
)
WRITTEN = st.builds(
    dict,
    media=MEDIA_OF_EVERY_KIND,
    entities=optional(ENTITIES),
    fwd_from=optional(FORWARDS),
    from_id=optional(st.just(types.PeerUser(user_id=ANNA))),
    from_rank=optional(st.just(NAME)),
    post_author=optional(st.just(NAME)),
    grouped_id=optional(st.just(71)),
    invert_media=optional(st.just(True)),
    via_bot_id=optional(st.just(IDS["forwarded"])),
)


@given(WRITTEN, st.text(alphabet="ab 👍", min_size=1, max_size=20), st.sampled_from([Send, Edit]))
def test_nothing_of_the_senders_identity_is_in_what_is_sent(written, text, how):
    received = said(text, **written)
    assert isinstance(received, MessageReceived)
    for sent in everything_sent(received.content, how):
        leaked = [secret for secret in SECRETS if secret in sent.write()]
        assert leaked == []


def everything_sent(body, how):
    """All calls that can send it: by id, alone and in an album, and as an upload for another bot."""
    if isinstance(body, Uncopyable):
        return
    if how is Send:
        yield sending(body, 1)
        if isinstance(body, Media):
            yield sending(Album(items=(body, body)), 1, 2)
    elif isinstance(body, Text | Media):
        yield to_call(Edit(to=42, message=8, body=body, lane=Lane.RELAY), CallContext(texts=TEXTS, peer=PEER))
    if isinstance(body, Media):
        yield uploaded(body, types.InputFile(id=1, parts=1, name=body.file_name or body.kind, md5_checksum=""))


def sending(body, *random_ids):
    send = Send(to=42, key="k", body=body, lane=Lane.RELAY)
    return to_call(send, CallContext(texts=TEXTS, peer=PEER, random_ids=random_ids))


def test_all_files_of_an_album_can_be_replaced():
    media = content(a_photo())
    assert isinstance(media, Media)
    album = with_files(Album(items=(media, media)), lambda file: type(file)(**{**as_fields(file), "bot": BotId(5)}))
    assert {item.file.bot for item in album.items} == {5}


def as_fields(file):
    return {name: getattr(file, name) for name in file.__slots__}


def test_the_table_of_attributes_has_every_kind():
    table = Path("docs/relay.md").read_text(encoding="utf-8")
    assert [kind for kind in MediaKind if kind.replace("_", " ") not in table] == []
