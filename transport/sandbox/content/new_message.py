"""What a person sends in one message: a text, or media with a caption."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from transport.sandbox.content import entities
from transport.sandbox.world.model import FILE_KINDS, Entity, Media, Message, Refused

MAX_TEXT = 100_000
"""UTF-16 units that a person may send at once. Telegram's apps send parts of 4096; here the whole arrives, so that one can see
what a bot does with more than it can send on."""

TOGETHER = ({"photo", "video"}, {"audio"}, {"document"})
"""Kinds that an album may hold side by side."""
MAX_ALBUM = 10


@dataclass(frozen=True, slots=True)
class NewMessage:
    text: str
    """Beside media: the caption, which may be empty."""
    formatting: list[Entity] | None = None
    """None: what Telegram itself finds in the text."""
    media: Media | None = None

    def check(self) -> None:
        if self.media is None and not self.text.strip():
            raise Refused("text", "a message needs a text")
        self.check_length("text" if self.media is None else "caption")

    def check_length(self, field: str) -> None:
        if (size := entities.utf16_length(self.text)) > MAX_TEXT:
            raise Refused(field, f"{size} UTF-16 units; at most {MAX_TEXT} fit in a message")

    def entities(self) -> list[Entity]:
        return entities.detect(self.text) if self.formatting is None else self.formatting


def check_edit(message: Message, new_message: NewMessage) -> None:
    """Texts stay texts, files stay files, albums stay albums, and polls stay as they are."""
    old, new = message.media, new_message.media
    if old is not None and old["kind"] not in FILE_KINDS:
        raise Refused("message_id", f"a {old['kind']} cannot be edited")
    if new is not None and old is None:
        raise Refused("media", "only media can take the place of media")
    if new is not None and old is not None and message.album is not None and not go_together([old, new]):
        raise Refused("media.kind", f"a {new['kind']} does not go into that album")
    if old is None:
        new_message.check()
    else:
        new_message.check_length("caption")


def go_together(album: Sequence[Media]) -> bool:
    """Whether an album may hold these side by side."""
    return any({media["kind"] for media in album} <= kinds for kinds in TOGETHER)


def new_album() -> int:
    """As large as Telegram's, which do not fit a float."""
    return secrets.randbits(60) | 1 << 60
