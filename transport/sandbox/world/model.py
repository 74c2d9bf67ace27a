"""Who and what the sandbox's world holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Entity = Json
"""As in the Bot API: type, offset and length in UTF-16 units, and url, language, user_id or custom_emoji_id where they apply."""
Keyboard = Json
"""{"kind": "inline" | "reply", "rows": [[{"text", "data"?, "url"?, "copy"?}]]}; a reply keyboard without rows takes it away."""
Media = Json
"""{"kind", "file": id, "spoiler"?, "caption_above"?} for what has bytes;
else {"kind": "poll" | "dice" | "contact" | "location", …}."""
FILE_KINDS = ("photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document")


class Refused(Exception):  # noqa: N818 - the state of a request, not a fault of ours
    """What a phone asks for cannot be. `field` names the part of the request that is wrong."""

    def __init__(self, field: str, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.field = field
        self.text = text
        self.status = status


class RpcError(Exception):
    """What a bot asks for cannot be: answered as Telegram answers it."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(slots=True, kw_only=True)
class Bot:
    id: int
    token: str
    username: str
    name: str
    house: bool = False
    """Made with the world and handed to the application; others are made over HTTP for somebody's own program."""
    settings: Json = field(default_factory=dict)
    pts: int = 1
    qts: int = 0
    last_id: int = 0


@dataclass(slots=True, kw_only=True)
class User:
    id: int
    name: str
    language: str = "en"
    username: str = ""
    deleted: bool = False
    last_id: int | None = None
    """The newest message id on this phone; None until it was looked up."""


@dataclass(slots=True, kw_only=True)
class Chat:
    """One person's conversation with one bot."""

    user: int
    bot: int
    started: bool = False
    blocked: bool = False
    keyboard: Keyboard | None = None


@dataclass(slots=True, kw_only=True)
class Channel:
    id: int
    username: str
    """Empty: a private channel."""
    title: str
    admins: list[int]
    created: int
    members: dict[int, int] = field(default_factory=dict)
    """User id → Unix seconds of joining."""
    pts: int = 1
    last_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it was sent: the same bytes sent as another kind or under another name are another file."""

    id: int
    """Telegram's: the same for all bots, each of which has its own access hash and reference for it."""
    unique: str
    """The content's: the same for all files with these bytes."""
    kind: str
    """One of FILE_KINDS."""
    size: int
    mime: str
    date: int
    name: str = ""
    width: int = 0
    height: int = 0
    duration: float = 0
    """Seconds."""
    title: str = ""
    performer: str = ""
    waveform: str = ""
    """Of a voice message, base64."""
    emoji: str = ""
    """Of a sticker."""
    sticker_set: str = ""
    """Its short name."""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message in both boxes: `id` in the bot's, `phone_id` on the phone. A channel is one box of its own: there `bot` and
    `user` are both the channel's id, and both numbers are one.
    """

    bot: int
    id: int
    user: int
    phone_id: int
    from_bot: bool
    date: int
    text: str
    entities: list[Entity] = field(default_factory=list)
    keyboard: Keyboard | None = None
    reply_to: int | None = None
    """Id in the bot's box."""
    forward: Json | None = None
    """{"user": id of the author, "date"}, or {"channel", "post", "date"}."""
    media: Media | None = None
    album: int | None = None
    """Common to the messages that were sent together."""
    author: int | None = None
    """The bot that posted it in a channel."""
    random_id: int | None = None
    edited: int = 0
    deleted: bool = False

    @property
    def is_post(self) -> bool:
        return self.user == self.bot
