"""What people send each other. Nothing here says who sent it, so it cannot reveal the sender."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar, cast

from domain.model.ids import BotId, MessageId

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of a part of a text (Telegram `MessageEntity`). Offset and length count UTF-16 code units.

    `kind` is the TL constructor without its prefix, in snake case: bold, italic, underline, strike, code, pre,
    text_url, url, hashtag, cashtag, bot_command, email, phone, spoiler, blockquote.
    Mentions of users by id are dropped, and custom emoji, whose set names whoever made it. `value` is the URL, or the language of
    `pre`.
    """

    kind: str
    offset: int
    length: int
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    text: str
    entities: tuple[Entity, ...] = ()
    no_preview: bool = False
    """Its links are shown without a preview."""
    preview_above: bool = False
    """The preview of its link is shown above the text."""


class MediaKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"
    DOCUMENT = "document"


class Anew(StrEnum):
    """Why a file cannot go by its id, also within one bot, and is uploaded anew."""

    NO = ""
    WITHOUT_SET = "without_set"
    """It belongs to a sticker set that names its maker, who is the sender."""
    WITH_NAME = "with_name"
    """Its name was cleaned."""
    WITHOUT_DETAILS = "without_details"
    """What a camera or a program wrote into it is taken out (`transport/media/stripping/`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file as one bot knows it. `access_hash` and `reference` can be used by `bot` only."""

    bot: BotId
    id: int
    access_hash: int
    reference: bytes
    """Telegram's permission to use it, which expires. A new one comes with the message in `message`."""
    unique_id: str
    """The same for every bot that has this file."""
    size: int = 0
    """Bytes."""
    dc: int = 0
    """The data centre that holds it; 0: the bot's own."""
    thumb: str = ""
    """The largest of a photo's sizes (Telegram `PhotoSize.type`)."""
    message: MessageId | None = None
    """The message where `bot` got it, by the bot's own number."""
    post: MessageId | None = None
    """Its copy in the media channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file as it is shown. Fields such as `mime` and `duration` are needed where it is uploaded again; sent by id, it keeps
    them.
    """

    kind: MediaKind
    file: FileRef
    caption: Text = Text(text="")
    spoiler: bool = False
    caption_above: bool = False
    mime: str = ""
    file_name: str = ""
    """Set for documents and audio only, where it is part of the content. Other names are made by cameras and phones. It has no
    marks that turn the direction of writing.
    """
    extension: str = ""
    """Of the name that the file has at Telegram, in lower case and without the dot, whatever the kind."""
    names_sender: bool = False
    """Whether the file's name, its title or its performer has a name of the sender's."""
    anew: Anew = Anew.NO
    duration: float = 0.0
    """Seconds."""
    width: int = 0
    height: int = 0
    title: str = ""
    performer: str = ""
    waveform: bytes = b""
    emoji: str = ""
    """What a sticker stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """Two or more files that are shown as one. Each has its caption and its own message (`file.message`)."""

    items: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A poll, without its votes."""

    question: Text
    options: tuple[Text, ...]
    multiple: bool = False
    quiz: bool = False
    correct: tuple[int, ...] = ()
    """Right answers of a quiz. A quiz whose answer is not known is relayed as an ordinary poll."""
    solution: Text = Text(text="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """What somebody rolled. It is relayed as a text, because sending a dice would roll another value."""

    emoji: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncopyable:
    """A message that is not relayed. `reason` is the id of the text that tells the sender why."""

    reason: str


Content = Text | Media | Album | Poll | Dice | Uncopyable


PICTURES = frozenset({MediaKind.PHOTO, MediaKind.VIDEO, MediaKind.ANIMATION, MediaKind.VIDEO_NOTE, MediaKind.STICKER})
AS_FILES = ("image/", "video/")
"""How the types of files begin that are pictures."""


def is_picture(media: Media) -> bool:
    """Whether it shows something: also a sticker, and a picture that is sent as a file."""
    return media.kind in PICTURES or (media.kind is MediaKind.DOCUMENT and media.mime.startswith(AS_FILES))


def files_of(content: object) -> tuple[FileRef, ...]:
    """The files of a content, in the order in which they are shown."""
    return tuple(media.file for media in media_of(content))


def has_to_be_brought(content: object, bot: BotId) -> bool:
    """Whether a file of it cannot be sent by its id by that bot."""
    return any(media.file.bot != bot or media.anew for media in media_of(content))


def media_of(content: object) -> tuple[Media, ...]:
    match content:
        case Media():
            return (content,)
        case Album(items=items):
            return items
        case _:
            return ()


def captions_of(content: object) -> tuple[Text, ...]:
    return tuple(media.caption for media in media_of(content))


def with_files(body: T, change: Callable[[FileRef], FileRef]) -> T:
    """The content with other files. A content without files stays as it is."""
    return with_media(body, lambda media: replace(media, file=change(media.file)))


def with_media(body: T, change: Callable[[Media], Media]) -> T:
    match body:
        case Media():
            return cast("T", change(body))
        case Album(items=items):
            return replace(body, items=tuple(map(change, items)))
        case _:
            return body
