"""What people send each other, free of where it came from: the sender's identity cannot be expressed here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from domain.model.ids import BotId, MessageId

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of a stretch of text; offset and length count UTF-16 code units (Telegram `MessageEntity`).

    `kind` is the TL constructor without its prefix, in snake case: bold, italic, underline, strike, code, pre,
    text_url, url, hashtag, cashtag, bot_command, email, phone, spoiler, blockquote, custom_emoji.
    Mentions of users by id never become an Entity. `value` is the URL, the language of `pre` or the emoji's document id.
    """

    kind: str
    offset: int
    length: int
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    text: str
    entities: tuple[Entity, ...] = ()


class MediaKind(StrEnum):
    PHOTO = "photo"
    VIDEO = "video"
    ANIMATION = "animation"
    AUDIO = "audio"
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    STICKER = "sticker"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file as one bot knows it: `access_hash` and `reference` are of use to `bot` alone."""

    bot: BotId
    id: int
    access_hash: int
    reference: bytes
    """Telegram's permission to use it, which runs out; `message` brings a new one."""
    unique_id: str
    """The same for every bot that has this file."""
    size: int = 0
    """Bytes."""
    dc: int = 0
    """The data centre that holds it; 0: the bot's own."""
    thumb: str = ""
    """Which of a photo's sizes is the whole of it (Telegram `PhotoSize.type`)."""
    message: MessageId | None = None
    """Where `bot` finds it again, in the bot's own numbering."""
    post: MessageId | None = None
    """Its copy in the media channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file as it is shown. What is known of the file is for the case that it has to be uploaded anew: by id it comes along."""

    kind: MediaKind
    file: FileRef
    caption: Text = Text(text="")
    spoiler: bool = False
    caption_above: bool = False
    mime: str = ""
    file_name: str = ""
    """Of documents and audio, where it is part of what is sent. Other names are made by cameras and phones."""
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
    """Two or more that are shown as one; each has its caption and its own message (`file.message`)."""

    items: tuple[Media, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A question asked anew, without its votes: who voted is not carried."""

    question: Text
    options: tuple[Text, ...]
    multiple: bool = False
    quiz: bool = False
    correct: tuple[int, ...] = ()
    """Of a quiz; a quiz whose answer is not known is passed on as an ordinary poll."""
    solution: Text = Text(text="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dice:
    """What somebody rolled. A new roll would lie, so it is told in words."""

    emoji: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncopyable:
    """A message that will not be relayed; `reason` is the id of the text that tells the sender why."""

    reason: str


Content = Text | Media | Album | Poll | Dice | Uncopyable


def files_of(content: object) -> tuple[FileRef, ...]:
    """In the order in which they are shown; none of what is no file."""
    return tuple(media.file for media in media_of(content))


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
    """The same with other files; what has none stays as it is."""
    match body:
        case Media(file=file):
            return replace(body, file=change(file))
        case Album(items=items):
            return replace(body, items=tuple(with_files(media, change) for media in items))
        case _:
            return body
