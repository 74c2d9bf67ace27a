"""Translates the formatting of texts between Telegram's constructors and `domain.model.content.Entity`. Pure.

Kinds that are not in the tables are dropped in both directions: mentions of people by id, links to a profile and custom emoji,
because they identify a person (the set of a custom emoji names its maker), and kinds that Telegram finds by itself (bank cards).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from pyrogram import raw

from domain.model.content import Entity

PLAIN = {
    raw.types.MessageEntityBold: "bold",
    raw.types.MessageEntityItalic: "italic",
    raw.types.MessageEntityUnderline: "underline",
    raw.types.MessageEntityStrike: "strike",
    raw.types.MessageEntityCode: "code",
    raw.types.MessageEntityUrl: "url",
    raw.types.MessageEntityHashtag: "hashtag",
    raw.types.MessageEntityCashtag: "cashtag",
    raw.types.MessageEntityBotCommand: "bot_command",
    raw.types.MessageEntityEmail: "email",
    raw.types.MessageEntityPhone: "phone",
    raw.types.MessageEntitySpoiler: "spoiler",
}
CONSTRUCTORS = {kind: constructor for constructor, kind in PLAIN.items()}

WITH_VALUE: dict[Any, tuple[str, Callable[[Any], str]]] = {
    raw.types.MessageEntityPre: ("pre", lambda entity: entity.language),
    raw.types.MessageEntityTextUrl: ("text_url", lambda entity: entity.url),
    raw.types.MessageEntityBlockquote: ("blockquote", lambda entity: "collapsed" if entity.collapsed else ""),
}
BUILDERS: dict[str, Callable[[Entity], Any]] = {
    "pre": lambda e: raw.types.MessageEntityPre(offset=e.offset, length=e.length, language=e.value),
    "text_url": lambda e: raw.types.MessageEntityTextUrl(offset=e.offset, length=e.length, url=e.value),
    "blockquote": lambda e: raw.types.MessageEntityBlockquote(
        offset=e.offset, length=e.length, collapsed=e.value == "collapsed" or None
    ),
}

PROFILE_LINK = re.compile(r"\s*tg:(//)?[^?]*\?(.*&)?(user_id|id)=", re.IGNORECASE | re.DOTALL)
"""Links to a profile, such as `tg://user?id=42` and `tg://openmessage?user_id=42`."""


def from_telegram(entities: Iterable[Any] | None) -> tuple[Entity, ...]:
    return tuple(known for entity in entities or () if (known := _read(entity)) is not None)


def to_telegram(entities: Iterable[Entity]) -> list[Any]:
    return [_build(entity) for entity in entities if entity.kind in CONSTRUCTORS or entity.kind in BUILDERS]


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _read(entity: Any) -> Entity | None:
    if (kind := PLAIN.get(type(entity))) is not None:
        return Entity(kind, entity.offset, entity.length)
    if (valued := WITH_VALUE.get(type(entity))) is None:
        return None
    kind, value_of = valued
    value = value_of(entity)
    if kind == "text_url" and PROFILE_LINK.match(value):
        return None
    return Entity(kind, entity.offset, entity.length, value)


def _build(entity: Entity) -> Any:
    if (constructor := CONSTRUCTORS.get(entity.kind)) is not None:
        return constructor(offset=entity.offset, length=entity.length)
    return BUILDERS[entity.kind](entity)
