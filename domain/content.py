"""What people send each other, free of where it came from: the sender's identity cannot be expressed here."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncopyable:
    """A message that will not be relayed; `reason` is the id of the text that tells the sender why."""

    reason: str


Content = Text | Uncopyable
