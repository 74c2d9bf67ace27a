"""Translates Telegram's photos, files, polls and dice into `domain.model.content`. Pure.

Fields are copied one by one. Everything not named here is left out: origins, covers, votes, file names of photos and videos.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyrogram import raw

from domain.model.content import Anew, Content, Dice, FileRef, Media, MediaKind, Poll, Text, Uncopyable
from domain.model.ids import BotId, MessageId
from domain.trust.file_names import clean_name, extension_of
from transport.texts.entities import from_telegram

WITH_FILE_NAME = frozenset({MediaKind.DOCUMENT, MediaKind.AUDIO})
"""Only these keep their file name: that of a photo or video may tell about the camera or the person."""

MAKER = 0x7FFFFFFF
"""The bits of a set's maker that its id has room for."""

Attributes = Mapping[type, Any]


def read_photo(message: Any, bot: BotId) -> Content:
    media = message.media
    if media.ttl_seconds:
        return Uncopyable(reason="refuse-self-destructing")
    if media.live_photo or not isinstance(media.photo, raw.types.Photo):
        return Uncopyable(reason="refuse-kind")
    largest = max(media.photo.sizes, key=lambda size: (_bytes_of(size), getattr(size, "w", 0)), default=None)
    if largest is None:
        return Uncopyable(reason="refuse-kind")
    file = _file(media.photo, message, bot, size=_bytes_of(largest), thumb=largest.type)
    width, height = getattr(largest, "w", 0), getattr(largest, "h", 0)
    return Media(
        kind=MediaKind.PHOTO,
        file=file,
        width=width,
        height=height,
        mime="image/jpeg",
        anew=Anew.WITHOUT_SET if media.photo.has_stickers else Anew.NO,
        **_presentation(message),
    )


def read_document(message: Any, bot: BotId) -> Content:
    media, document = message.media, message.media.document
    if media.ttl_seconds:
        return Uncopyable(reason="refuse-self-destructing")
    if not isinstance(document, raw.types.Document):
        return Uncopyable(reason="refuse-kind")
    attributes = {type(attribute): attribute for attribute in document.attributes}
    kind = next((kind for is_kind, kind in KINDS if is_kind(attributes)), MediaKind.DOCUMENT)
    return Media(
        kind=kind,
        file=_file(document, message, bot, size=document.size),
        mime=document.mime_type,
        anew=_anew(attributes, message),
        **_presentation(message),
        **_dimensions(attributes),
        **_labels(attributes, kind),
    )


def read_poll(message: Any, _: BotId) -> Content:
    poll, results = message.media.poll, message.media.results
    if message.media.attached_media is not None or any(getattr(answer, "media", None) for answer in poll.answers):
        return Uncopyable(reason="refuse-kind")
    correct_options = {voters.option for voters in results.results or () if voters.correct}
    correct = tuple(index for index, answer in enumerate(poll.answers) if getattr(answer, "option", b"") in correct_options)
    known_quiz = bool(poll.quiz and correct)
    return Poll(
        question=_text(poll.question),
        options=tuple(_text(answer.text) for answer in poll.answers),
        multiple=bool(poll.multiple_choice),
        quiz=known_quiz,
        correct=correct if known_quiz else (),
        solution=Text(text=results.solution or "", entities=from_telegram(results.solution_entities)) if known_quiz else NO_TEXT,
    )


def read_dice(message: Any, _: BotId) -> Content:
    return Dice(emoji=message.media.emoticon, value=message.media.value)


NO_TEXT = Text(text="")

KINDS: tuple[tuple[Callable[[Attributes], bool], MediaKind], ...] = (
    (lambda attributes: raw.types.DocumentAttributeSticker in attributes, MediaKind.STICKER),
    (lambda attributes: raw.types.DocumentAttributeAnimated in attributes, MediaKind.ANIMATION),
    (lambda attributes: _flag(attributes, raw.types.DocumentAttributeVideo, "round_message"), MediaKind.VIDEO_NOTE),
    (lambda attributes: raw.types.DocumentAttributeVideo in attributes, MediaKind.VIDEO),
    (lambda attributes: _flag(attributes, raw.types.DocumentAttributeAudio, "voice"), MediaKind.VOICE),
    (lambda attributes: raw.types.DocumentAttributeAudio in attributes, MediaKind.AUDIO),
)
"""The first row whose test is true gives the kind of a document. The order matters: an animation has the attribute of a video
too.
"""


def _flag(attributes: Attributes, attribute: type, name: str) -> bool:
    return bool(getattr(attributes.get(attribute), name, None))


def _anew(attributes: Attributes, message: Any) -> Anew:
    """A sticker set of the sender's own, and the sets of stickers that a picture was decorated with (which Telegram tells to
    whoever has it), are seen by whoever gets the file by its id.
    """
    sets = [each.stickerset for each in attributes.values() if hasattr(each, "stickerset")]
    if raw.types.DocumentAttributeHasStickers in attributes or any(_is_senders(each, message) for each in sets):
        return Anew.WITHOUT_SET
    name = _name(attributes)
    return Anew.WITH_NAME if name != clean_name(name) else Anew.NO


def _is_senders(sticker_set: Any, message: Any) -> bool:
    """The upper half of a set's id is its maker's, as far as it has room. A set that is named otherwise may be anybody's."""
    if isinstance(sticker_set, raw.types.InputStickerSetEmpty):
        return False
    if not isinstance(sticker_set, raw.types.InputStickerSetID):
        return True
    sender = getattr(message.peer_id, "user_id", 0)
    return (sticker_set.id >> 32) & MAKER == sender & MAKER


def _name(attributes: Attributes) -> str:
    return getattr(attributes.get(raw.types.DocumentAttributeFilename), "file_name", "") or ""


def _file(found: Any, message: Any, bot: BotId, *, size: int, thumb: str = "") -> FileRef:
    kind = "photo" if thumb else "document"
    return FileRef(
        bot=bot,
        id=found.id,
        access_hash=found.access_hash,
        reference=found.file_reference,
        unique_id=f"{kind}-{found.id}",
        size=size,
        dc=found.dc_id,
        thumb=thumb,
        message=MessageId(message.id),
    )


def _presentation(message: Any) -> dict[str, Any]:
    return {
        "caption": Text(text=message.message, entities=from_telegram(message.entities)),
        "spoiler": bool(message.media.spoiler),
        "caption_above": bool(message.invert_media),
    }


def _dimensions(attributes: Attributes) -> dict[str, Any]:
    video, audio = attributes.get(raw.types.DocumentAttributeVideo), attributes.get(raw.types.DocumentAttributeAudio)
    frame = video or attributes.get(raw.types.DocumentAttributeImageSize)
    return {
        "duration": float(getattr(video or audio, "duration", 0)),
        "width": getattr(frame, "w", 0),
        "height": getattr(frame, "h", 0),
    }


def _labels(attributes: Attributes, kind: MediaKind) -> dict[str, Any]:
    audio = attributes.get(raw.types.DocumentAttributeAudio)
    name = clean_name(_name(attributes))
    return {
        "file_name": name if kind in WITH_FILE_NAME else "",
        "extension": extension_of(name),
        "title": getattr(audio, "title", None) or "",
        "performer": getattr(audio, "performer", None) or "",
        "waveform": getattr(audio, "waveform", None) or b"",
        "emoji": getattr(attributes.get(raw.types.DocumentAttributeSticker), "alt", ""),
    }


def _bytes_of(size: Any) -> int:
    """Bytes of one of a photo's sizes. Previews that are contained in the message have none."""
    if isinstance(size, raw.types.PhotoSizeProgressive):
        return max(size.sizes, default=0)
    return getattr(size, "size", 0)


def _text(text: Any) -> Text:
    return Text(text=text.text, entities=from_telegram(text.entities))
