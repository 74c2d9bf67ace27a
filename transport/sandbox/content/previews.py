"""Link previews of texts: which link has one, and how it is shown. The sandbox loads no pages: a preview is the link alone."""

from __future__ import annotations

from hashlib import blake2b

from pyrogram import raw

from transport.sandbox.content import entities
from transport.sandbox.mtproto.tl import TL
from transport.sandbox.world.model import Json, Message

types = raw.types


def wanted(**flags: bool | None) -> Json | None:
    """`Message.preview` by its flags. None where the sender leaves it to Telegram."""
    return {name: True for name, is_set in flags.items() if is_set} or None


def shown(message: Message) -> Json | None:
    """{"url", "above"?, "large"?, "small"?}. None for a text without a preview, and for media."""
    flags = message.preview or {}
    if message.media is not None or flags.get("off"):
        return None
    url = _first_link(message)
    return None if url is None else {"url": url, **flags}


def to_tl(message: Message) -> TL | None:
    preview = shown(message)
    if preview is None:
        return None
    url = preview["url"]
    number = int.from_bytes(blake2b(url.encode(), digest_size=7).digest(), "big")
    page = types.WebPage(id=number, url=url, display_url=url.partition("://")[2] or url, hash=0)
    large, small = preview.get("large"), preview.get("small")
    return types.MessageMediaWebPage(
        webpage=page, force_large_media=large, force_small_media=small, manual=(large or small) or None
    )


def _first_link(message: Message) -> str | None:
    """Telegram marks links in bots' texts by itself, too."""
    encoded = message.text.encode("utf-16-le", "surrogatepass")
    for entity in sorted([*message.entities, *entities.detect(message.text)], key=lambda each: each["offset"]):
        if entity["type"] == "text_link":
            return str(entity["url"])
        if entity["type"] == "url":
            start = 2 * entity["offset"]
            return encoded[start : start + 2 * entity["length"]].decode("utf-16-le", "surrogatepass")
    return None
