"""Translates `domain.model.content` into the media arguments of Telegram's methods. Pure.

A file is named by the id that it has for the sending bot. `uploaded` is for a file whose parts were just uploaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyrogram import raw

from domain.model.content import FileRef, Media, MediaKind, Poll, Text
from domain.model.ids import BotId
from transport.media.reading import read_document, read_photo
from transport.texts.entities import to_telegram

FIXED = frozenset({MediaKind.VOICE, MediaKind.VIDEO_NOTE, MediaKind.STICKER})
"""An edit can change only the caption of these, not the file."""


class AlwaysWritten(list[Any]):
    """A list that is serialised even if it is empty. The library omits empty lists, but the flag of a quiz's solution covers
    both its text and its entities.
    """

    def __bool__(self) -> bool:
        return True


def input_media(media: Media) -> Any:
    spoiler = media.spoiler or None
    if media.kind is MediaKind.PHOTO:
        return raw.types.InputMediaPhoto(id=_id(raw.types.InputPhoto, media.file), spoiler=spoiler)
    return raw.types.InputMediaDocument(id=_id(raw.types.InputDocument, media.file), spoiler=spoiler)


def single(media: Media, random_id: int) -> Any:
    return raw.types.InputSingleMedia(
        media=input_media(media),
        random_id=random_id,
        message=media.caption.text,
        entities=to_telegram(media.caption.entities) or None,
    )


def input_poll(poll: Poll) -> Any:
    return raw.types.InputMediaPoll(
        poll=raw.types.Poll(
            id=0,
            question=_formatted(poll.question),
            answers=[raw.types.InputPollAnswer(text=_formatted(option)) for option in poll.options],
            hash=0,
            multiple_choice=poll.multiple or None,
            quiz=poll.quiz or None,
        ),
        correct_answers=list(poll.correct) or None,
        solution=poll.solution.text or None,
        solution_entities=AlwaysWritten(to_telegram(poll.solution.entities)) if poll.solution.text else None,
    )


def location(file: FileRef) -> Any:
    kind = raw.types.InputPhotoFileLocation if file.thumb else raw.types.InputDocumentFileLocation
    return kind(id=file.id, access_hash=file.access_hash, file_reference=file.reference, thumb_size=file.thumb)


def uploaded(media: Media, file: Any) -> Any:
    """`file` is an InputFile or InputFileBig made of uploaded parts."""
    if media.kind is MediaKind.PHOTO:
        return raw.types.InputMediaUploadedPhoto(file=file)
    return raw.types.InputMediaUploadedDocument(
        file=file,
        mime_type=media.mime or "application/octet-stream",
        attributes=[*ATTRIBUTES[media.kind](media), *_name(media)],
        nosound_video=(media.kind is MediaKind.ANIMATION) or None,
        force_file=(media.kind is MediaKind.DOCUMENT) or None,
    )


def read_back(message: Any, bot: BotId) -> FileRef | None:
    """The file in a message that `bot` received, or None. An answer of `messages.uploadMedia` must be wrapped as a message."""
    reader = {raw.types.MessageMediaPhoto: read_photo, raw.types.MessageMediaDocument: read_document}.get(type(message.media))
    found = reader(message, bot) if reader is not None else None
    return found.file if isinstance(found, Media) else None


def _video(media: Media) -> Sequence[Any]:
    note = (media.kind is MediaKind.VIDEO_NOTE) or None
    streamed = (media.kind is MediaKind.VIDEO) or None
    return [
        raw.types.DocumentAttributeVideo(
            duration=media.duration, w=media.width, h=media.height, round_message=note, supports_streaming=streamed
        )
    ]


def _animation(media: Media) -> Sequence[Any]:
    return [*_video(media), raw.types.DocumentAttributeAnimated()]


def _audio(media: Media) -> Sequence[Any]:
    return [
        raw.types.DocumentAttributeAudio(
            duration=round(media.duration),
            voice=(media.kind is MediaKind.VOICE) or None,
            title=media.title or None,
            performer=media.performer or None,
            waveform=media.waveform or None,
        )
    ]


def _sticker(media: Media) -> Sequence[Any]:
    return [
        raw.types.DocumentAttributeImageSize(w=media.width, h=media.height),
        raw.types.DocumentAttributeSticker(alt=media.emoji, stickerset=raw.types.InputStickerSetEmpty()),
    ]


def _nothing(_: Media) -> Sequence[Any]:
    return []


ATTRIBUTES: dict[MediaKind, Callable[[Media], Sequence[Any]]] = {
    MediaKind.VIDEO: _video,
    MediaKind.ANIMATION: _animation,
    MediaKind.AUDIO: _audio,
    MediaKind.VOICE: _audio,
    MediaKind.VIDEO_NOTE: _video,
    MediaKind.STICKER: _sticker,
    MediaKind.DOCUMENT: _nothing,
}
"""The attributes that an uploaded file needs so that phones show it as the same kind as before."""


def _name(media: Media) -> Sequence[Any]:
    return [raw.types.DocumentAttributeFilename(file_name=media.file_name)] if media.file_name else []


def _id(kind: Callable[..., Any], file: FileRef) -> Any:
    return kind(id=file.id, access_hash=file.access_hash, file_reference=file.reference)


def _formatted(text: Text) -> Any:
    return raw.types.TextWithEntities(text=text.text, entities=to_telegram(text.entities))
