"""Translates formatting between TL entities and the Bot API's JSON, and finds links, commands and the like in texts."""

from __future__ import annotations

import re
from typing import Any

from pyrogram import raw

from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import Entity, Refused, RpcError

types = raw.types
PLAIN: dict[str, Any] = {
    "bold": types.MessageEntityBold,
    "italic": types.MessageEntityItalic,
    "underline": types.MessageEntityUnderline,
    "strikethrough": types.MessageEntityStrike,
    "spoiler": types.MessageEntitySpoiler,
    "code": types.MessageEntityCode,
    "mention": types.MessageEntityMention,
    "hashtag": types.MessageEntityHashtag,
    "cashtag": types.MessageEntityCashtag,
    "bot_command": types.MessageEntityBotCommand,
    "url": types.MessageEntityUrl,
    "email": types.MessageEntityEmail,
    "phone_number": types.MessageEntityPhone,
    "blockquote": types.MessageEntityBlockquote,
}
NAMES = {constructor: name for name, constructor in PLAIN.items()}
WITH_VALUE = {"pre": "language", "text_link": "url", "text_mention": "user_id", "custom_emoji": "custom_emoji_id"}
"""Kinds with another field, and the name of the field."""
ALIASES = {"strike": "strikethrough", "text_url": "text_link", "phone": "phone_number", "mention_name": "text_mention"}
"""Names from TL, which are accepted too."""
KINDS = (*PLAIN, "expandable_blockquote", *WITH_VALUE)
FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?\b(?![/<>]))"
    r"|(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,;:!?)])"
    r"|(?P<email>\b[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31}\b)"
    r"|(?P<hashtag>(?<!\w)\#\w*[^\W\d]\w*)"
)
MAX_ENTITIES = 100
MAX_ID = 1 << 63
DIGITS = re.compile(r"\d{1,19}", re.ASCII)


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def to_tl(entity: Entity) -> TL:
    kind, offset, length = entity["type"], entity["offset"], entity["length"]
    if kind in PLAIN:
        return PLAIN[kind](offset=offset, length=length)
    match kind:
        case "expandable_blockquote":
            return types.MessageEntityBlockquote(offset=offset, length=length, collapsed=True)
        case "pre":
            return types.MessageEntityPre(offset=offset, length=length, language=entity.get("language", ""))
        case "text_link":
            return types.MessageEntityTextUrl(offset=offset, length=length, url=entity["url"])
        case "text_mention":
            return types.MessageEntityMentionName(offset=offset, length=length, user_id=entity["user_id"])
    return types.MessageEntityCustomEmoji(offset=offset, length=length, document_id=int(entity["custom_emoji_id"]))


def from_tl(entities: list[TL] | None, text: str) -> list[Entity]:
    """The entities of a bot's text. Raises RpcError if they do not fit the text."""
    if not entities:
        return []
    size = utf16_length(text)
    if len(entities) > MAX_ENTITIES:
        raise RpcError(400, "ENTITIES_TOO_LONG")
    if any(e.offset < 0 or e.length <= 0 or e.offset + e.length > size for e in entities):
        raise RpcError(400, "ENTITY_BOUNDS_INVALID")
    return [one for entity in entities if (one := _from_tl(entity)) is not None]


def _from_tl(entity: TL) -> Entity | None:
    place = {"offset": entity.offset, "length": entity.length}
    if isinstance(entity, types.MessageEntityBlockquote):
        return {"type": "expandable_blockquote" if entity.collapsed else "blockquote", **place}
    if name := NAMES.get(type(entity)):
        return {"type": name, **place}
    if isinstance(entity, types.MessageEntityPre):
        return {"type": "pre", **place, "language": entity.language}
    if isinstance(entity, types.MessageEntityTextUrl):
        return {"type": "text_link", **place, "url": entity.url}
    if isinstance(entity, types.InputMessageEntityMentionName | types.MessageEntityMentionName):
        user = getattr(entity.user_id, "user_id", entity.user_id)
        return {"type": "text_mention", **place, "user_id": user} if isinstance(user, int) else None
    if isinstance(entity, types.MessageEntityCustomEmoji):
        return {"type": "custom_emoji", **place, "custom_emoji_id": str(entity.document_id)}
    return None


def from_json(values: Any, text: str) -> list[Entity]:
    """The entities of a phone's text. Raises `Refused` with the entity and what is wrong with it."""
    if not isinstance(values, list) or len(values) > MAX_ENTITIES:
        raise Refused("entities", f"a list of at most {MAX_ENTITIES} objects is wanted")
    size = utf16_length(text)
    return [_from_json(value, f"entities[{index}]", size) for index, value in enumerate(values)]


def _from_json(value: Any, field: str, size: int) -> Entity:
    if not isinstance(value, dict):
        raise Refused(field, "an object is wanted")
    kind = value.get("type", value.get("kind"))
    kind = ALIASES.get(kind, kind) if isinstance(kind, str) else kind
    if kind not in KINDS:
        raise Refused(f"{field}.type", f"one of {', '.join(KINDS)} is wanted")
    offset, length = value.get("offset"), value.get("length")
    if type(offset) is not int or type(length) is not int or offset < 0 or length < 1 or offset + length > size:
        raise Refused(f"{field}.offset", f"offset and length must lie within the text's {size} UTF-16 units")
    entity: Entity = {"type": kind, "offset": offset, "length": length}
    if name := WITH_VALUE.get(kind):
        entity[name] = _value(value.get(name, value.get("value", "" if kind == "pre" else None)), kind, f"{field}.{name}")
    return entity


def _value(value: Any, kind: str, field: str) -> str | int:
    if kind == "text_mention" and type(value) is int and 0 < value < MAX_ID:
        return value
    if kind == "custom_emoji" and DIGITS.fullmatch(str(value)) and int(value) < MAX_ID:
        return str(value)
    if kind in {"pre", "text_link"} and isinstance(value, str):
        return value
    raise Refused(field, f"{kind} does not go with {value!r}")


def detect(text: str) -> list[Entity]:
    """Find the commands, links, addresses, mentions and hashtags that Telegram marks by itself."""
    if not any(mark in text for mark in "/@#"):
        return []
    found = []
    for match in FOUND.finditer(text):
        offset = utf16_length(text[: match.start()])
        found.append({"type": match.lastgroup, "offset": offset, "length": utf16_length(match.group())})
    return found
