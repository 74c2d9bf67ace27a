"""The content that a person sends as one message: a text, or media with a caption."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from transport.sandbox.content import entities
from transport.sandbox.world.model import FILE_KINDS, Entity, Json, Media, Message, Refused

MAX_TEXT = 100_000
"""UTF-16 units. Telegram's apps send a long text in parts of 4096. The sandbox sends it whole, to show what a bot does with a
text that it cannot send on.
"""

TOGETHER = ({"photo", "video"}, {"audio"}, {"document"})
"""Kinds that can be together in an album."""
MAX_ALBUM = 10


@dataclass(frozen=True, slots=True)
class NewMessage:
    text: str
    """With media it is the caption, which may be empty."""
    formatting: list[Entity] | None = None
    """None: links and commands are found in the text."""
    media: Media | None = None
    preview: Json | None = None
    """As in `Message`."""

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
    """Raises `Refused` if an edit would change a text into media, an album into something else, or a poll or dice."""
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
    return any({media["kind"] for media in album} <= kinds for kinds in TOGETHER)


def new_album() -> int:
    """A random album id. Like Telegram's it is too large for a float."""
    return secrets.randbits(60) | 1 << 60
