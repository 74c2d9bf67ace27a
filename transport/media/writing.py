"""`domain.model.content` → what Telegram's methods take as media. Pure.

Files go by the id that the sending bot knows them by; `uploaded` makes such an id of a file that was just brought.
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
"""Telegram takes no other media in place of these, only another caption."""


class Present(list[Any]):
    """Written also where it is empty. The library leaves empty lists out, though here the text's flag announces the list too."""

    def __bool__(self) -> bool:
        return True


def input_media(media: Media) -> Any:
    """By id."""
    spoiler = media.spoiler or None
    if media.kind is MediaKind.PHOTO:
        return raw.types.InputMediaPhoto(id=_id(raw.types.InputPhoto, media.file), spoiler=spoiler)
    return raw.types.InputMediaDocument(id=_id(raw.types.InputDocument, media.file), spoiler=spoiler)


def single(media: Media, random_id: int) -> Any:
    """One part of an album."""
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
        solution_entities=Present(to_telegram(poll.solution.entities)) if poll.solution.text else None,
    )


def location(file: FileRef) -> Any:
    """Where `upload.getFile` reads it."""
    kind = raw.types.InputPhotoFileLocation if file.thumb else raw.types.InputDocumentFileLocation
    return kind(id=file.id, access_hash=file.access_hash, file_reference=file.reference, thumb_size=file.thumb)


def uploaded(media: Media, file: Any) -> Any:
    """`file` is an InputFile of parts that were saved."""
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
    """The file of a message, or of what `messages.uploadMedia` answers wrapped as one, as `bot` knows it."""
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
"""What Telegram has to be told of an uploaded file so that it is shown as what it was."""


def _name(media: Media) -> Sequence[Any]:
    return [raw.types.DocumentAttributeFilename(file_name=media.file_name)] if media.file_name else []


def _id(kind: Callable[..., Any], file: FileRef) -> Any:
    return kind(id=file.id, access_hash=file.access_hash, file_reference=file.reference)


def _formatted(text: Text) -> Any:
    return raw.types.TextWithEntities(text=text.text, entities=to_telegram(text.entities))
