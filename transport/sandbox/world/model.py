"""Values of the sandbox: bots, users, chats, channels, files, messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Entity = Json
"""As in the Bot API: type, offset and length in UTF-16 units; some types have url, language, user_id or custom_emoji_id."""
Keyboard = Json
"""{"kind": "inline" | "reply", "rows": [[{"text", "data"?, "url"?, "copy"?, "pay"?}]]}.
Without rows, a reply keyboard is removed."""
Media = Json
"""{"kind", "file": id, "spoiler"?, "caption_above"?} for files;
{"kind": "poll" | "dice" | "contact" | "location" | "invoice", …} for everything else."""
FILE_KINDS = ("photo", "video", "animation", "audio", "voice", "video_note", "sticker", "document")


class Refused(Exception):  # noqa: N818 - the state of a request, not a fault of ours
    """A request of a phone is refused. `field` names the part of the request that is wrong."""

    def __init__(self, field: str, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.field = field
        self.text = text
        self.status = status


class RpcError(Exception):
    """A call of a bot is refused with this error, as by Telegram."""

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
    """Created with the world, for the application. Other bots are created over HTTP, for other programs."""
    settings: Json = field(default_factory=dict)
    pts: int = 1
    qts: int = 0
    last_id: int = 0


@dataclass(slots=True, kw_only=True)
class User:
    id: int
    name: str
    language: str = "en"
    """Of the app; empty where it names none to bots."""
    username: str = ""
    photo: bool = True
    mark: str = ""
    """How Telegram marks the account: scam or fake."""
    deleted: bool = False
    last_id: int | None = None
    """The newest message id on this phone; None until it was looked up."""


@dataclass(slots=True, kw_only=True)
class Chat:
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
    """A file as it was sent. The same bytes sent as another kind or with another name are another file."""

    id: int
    """The same for all bots. But each bot has its own access hash and reference for it."""
    unique: str
    """Hash of the content: the same for all files with these bytes."""
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
    sticker_set_id: int = 0
    """The upper half is its maker's id, as at Telegram. 0: it has no set, or one that only its name tells."""


@dataclass(slots=True, kw_only=True)
class Message:
    """One message with two numbers: `id` in the bot's mailbox, `phone_id` on the phone. For a post in a channel, `bot` and `user`
    are both the channel's id, and the two numbers are the same.
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
    """`id` of the message replied to."""
    forward: Json | None = None
    """{"user": id of the author, "date"}, or {"channel", "post", "date"}."""
    media: Media | None = None
    preview: Json | None = None
    """How its sender wants the link preview of a text: {"off"?, "above"?, "large"?, "small"?: true}."""
    album: int | None = None
    """The same for all messages of an album."""
    author: int | None = None
    """The bot that posted it in a channel."""
    service: Json | None = None
    """Of a service message: {"kind": "paid" | "refunded", "stars", "charge_id", …}."""
    random_id: int | None = None
    edited: int = 0
    hidden_edit: bool = False
    """The last change was none of a person: bots are told of it, phones do not show it as an edit."""
    protected: bool = False
    """It can be neither forwarded nor saved (`noforwards`)."""
    deleted: bool = False

    @property
    def is_post(self) -> bool:
        return self.user == self.bot
