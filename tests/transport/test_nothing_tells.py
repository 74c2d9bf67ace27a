"""Nothing of who wrote a message reaches the call to the partner: messages with all fields of the schema filled and marked.

What is content (a text, the number of a file, a link that somebody wrote) is named in `CONTENT`, path by path. All else is
marked: headers, names, peers, sets, covers, votes, keyboards, also fields that nobody has thought of.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from pyrogram import raw

from domain.model.content import Album, Dice, Media, MediaKind, Poll, Text, Uncopyable
from domain.model.inbound import CommandReceived, MessageEdited, MessageReceived
from domain.model.outgoing import Edit, Lane, Send
from domain.session.effects import Relay, Say
from tests.domain.stories import CHATTING, KNOWN, of, pressed, step
from tests.transport.marked import MARK, NUMBER, marked
from transport.calls.methods import EDITS, CallContext, to_call
from transport.media.writing import uploaded
from transport.texts.catalogue import Texts
from transport.updates.reading import ReadContext, read

types = raw.types
TEXTS = Texts(strict=True)
READING = ReadContext(7_700_000_001, TEXTS.labels)
PEER = types.InputPeerUser(user_id=42, access_hash=-5)
FILE = r"Message\.media\.MessageMedia(Photo|Document)\.(photo|document)\.(Photo|Document)\."
ATTRIBUTE = FILE + r"attributes\.DocumentAttribute"
POLL = r"Message\.media\.MessageMediaPoll\."
ENTITY = r".*\.\w*MessageEntity\w*\."

CONTENT: dict[str, Any] = {
    r"Message\.message": "hello there",
    r"Message\.(id|date|edit_date)": 9,
    r"Message\.peer_id": types.PeerUser(user_id=NUMBER),
    ENTITY + "offset": 0,
    ENTITY + "length": 5,
    r".*\.MessageEntityTextUrl\.url": "https://example.org/",
    r".*\.MessageEntityPre\.language": "python",
    FILE + "(id|access_hash)": 77,
    FILE + "file_reference": b"r",
    FILE + "mime_type": "text/plain",
    FILE + "size": 500,
    ATTRIBUTE + r"(Video|ImageSize)\.(w|h)": 640,
    ATTRIBUTE + r"(Video|Audio)\.duration": 7,
    ATTRIBUTE + r"Audio\.(title|performer)": "a song",
    ATTRIBUTE + r"Audio\.waveform": b"\1\2",
    ATTRIBUTE + r"Sticker\.alt": "🎉",
    POLL + r"poll\.Poll\.question\.TextWithEntities\.text": "What?",
    POLL + r"poll\.Poll\.answers\.\w+\.text\.TextWithEntities\.text": "Tea",
    POLL + r"results\.PollResults\.solution": "because",
    r"Message\.media\.MessageMediaDice\.value": 6,
    r"Message\.media\.MessageMediaDice\.emoticon": "🎲",
}
"""Path → what is carried to the partner, and so has no mark. Numbers are checked by what they are of, not by what they are."""

STOPS = {
    r"Message\.(out|edit_hide|via_bot_id|via_business_bot_id|rich_message)": None,
    r"Message\.media\.\w+\.(ttl_seconds|live_photo|attached_media)": None,
    r"Message\.media\.MessageMediaPhoto\.video": None,  # the library reads it as a sign of a live photo
    POLL + r"poll\.Poll\.answers\.\w+\.media": None,
}
"""What makes a message to be refused or ignored."""


def attributes(*kinds: type, **flags: Any) -> dict[str, Any]:
    """A document with these attributes. The flags that its kind does not have are off."""
    off = {ATTRIBUTE + r"(Video\.round_message|Audio\.voice)": None}
    on = {ATTRIBUTE + path.replace("__", r"\."): value for path, value in flags.items()}
    return {
        r"Message\.media": types.MessageMediaDocument,
        r"Message\.media\.MessageMediaDocument\.document": types.Document,
        FILE + "attributes": kinds,
        **on,
        **off,
    }


NAME = {ATTRIBUTE + r"Filename\.file_name": "report.txt"}
"""Of documents and audio it is content."""
VIDEO, AUDIO, NAMED = types.DocumentAttributeVideo, types.DocumentAttributeAudio, types.DocumentAttributeFilename
SIZED, STICKER, ANIMATED = types.DocumentAttributeImageSize, types.DocumentAttributeSticker, types.DocumentAttributeAnimated
KINDS: dict[str, dict[str, Any]] = {
    "text": {r"Message\.media": None},
    "text with a preview": {r"Message\.media": types.MessageMediaWebPage},
    "photo": {
        r"Message\.media": types.MessageMediaPhoto,
        r"Message\.media\.MessageMediaPhoto\.photo": types.Photo,
        FILE + "sizes": (types.PhotoStrippedSize, types.PhotoSize, types.PhotoSizeProgressive),
    },
    "video": attributes(VIDEO, NAMED),
    "animation": attributes(VIDEO, ANIMATED, NAMED),
    "video_note": attributes(VIDEO, NAMED, Video__round_message=True),
    "audio": NAME | attributes(AUDIO, NAMED),
    "voice": attributes(AUDIO, NAMED, Audio__voice=True),
    "sticker": attributes(STICKER, SIZED, NAMED),
    "document": NAME | attributes(NAMED, types.DocumentAttributeHasStickers, types.DocumentAttributeCustomEmoji),
    "poll": {r"Message\.media": types.MessageMediaPoll},
    "dice": {r"Message\.media": types.MessageMediaDice},
}


def updates_with(message: Any) -> list[Any]:
    """A new message and an edit."""
    return [kind(message=message, pts=31, pts_count=1) for kind in (types.UpdateNewMessage, types.UpdateEditMessage)]


def relayed(received: Any) -> list[Relay]:
    """What a session makes of it: the writer presses *send* wherever they are asked."""
    session, effects = step(replace(CHATTING, spam=KNOWN), received)
    found = of(Relay, effects)
    while asked := [each.notice for each in of(Say, effects) if each.notice.buttons]:
        session, effects = step(session, pressed(asked[0].buttons[0][0].data))
        found += of(Relay, effects)
    return found


def calls_of(content: Any) -> list[Any]:
    """All calls that bring it to the partner: alone, as a reply, in an album, as an edit, and as an upload by another bot."""
    context = CallContext(texts=TEXTS, peer=PEER, random_ids=(5,))
    send = Send(to=42, key="k", body=content, lane=Lane.RELAY)
    found = [to_call(send, context), to_call(replace(send, reply_to=6), context)]
    if type(content) in EDITS:
        found.append(to_call(Edit(to=42, message=8, body=content, lane=Lane.RELAY), context))
    if isinstance(content, Media):
        album = replace(send, body=Album(items=(content, content)))
        found.append(to_call(album, replace(context, random_ids=(5, 6))))
        file = types.InputFile(id=1, parts=1, name=content.file_name or content.kind, md5_checksum="")
        found.append(uploaded(content, file))
    return found


def told(call: Any) -> bool:
    return MARK in call.write()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("kind", KINDS)
def test_of_each_kind_only_the_content_reaches_the_partner(kind: str, seed: int):
    random = Random(f"{kind} {seed}")
    message = marked(types.Message, STOPS | KINDS[kind] | CONTENT, random)
    writer = marked(types.User, {r"User\.(bot|bot_info_version)": None, r"User\.lang_code": "en"}, random)
    for update in updates_with(message):
        received = read(update, {NUMBER: writer}, READING)
        assert isinstance(received, MessageReceived | MessageEdited)
        if isinstance(received.content, Media):
            assert received.content.kind == kind
        relays = relayed(received)
        assert relays or (isinstance(received, MessageEdited) and isinstance(received.content, Poll | Dice))
        for relay in relays:
            assert [call for call in calls_of(relay.content) if told(call)] == []


@pytest.mark.parametrize("seed", range(150))
def test_whatever_telegram_may_send_only_content_reaches_the_partner(seed: int):
    """Any media, also those that are refused; each thing that stops a message is there or not."""
    random = Random(seed)
    stops = {path: None for path in STOPS if random.randrange(8)}
    names = {} if random.randrange(2) else NAME
    message = marked(types.Message, stops | names | CONTENT, random)
    for update in updates_with(message):
        received = read(update, {}, READING)
        if not isinstance(received, MessageReceived | MessageEdited):
            assert not isinstance(received, CommandReceived)
            continue
        content = received.content
        if isinstance(content, Uncopyable):
            continue
        if not names and isinstance(content, Media) and content.kind in {MediaKind.DOCUMENT, MediaKind.AUDIO}:
            content = replace(content, file_name="a.txt")
        assert [call for call in calls_of(content) if told(call)] == []


def test_the_mark_is_seen_where_it_is_carried():
    """So that the tests above cannot pass for nothing."""
    assert told(calls_of(Text(text=MARK.decode()))[0])
    assert told(types.InputPeerUser(user_id=NUMBER, access_hash=0))
    assert told(types.InputPeerUser(user_id=0, access_hash=NUMBER))
