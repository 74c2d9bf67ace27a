"""What a person sends in one message: a text, or media with a caption."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from transport.sandbox import entities
from transport.sandbox.model import FILE_KINDS, Entity, Media, Message, Refused

MAX_TEXT = 100_000
"""UTF-16 units that a person may send at once. Telegram's apps send parts of 4096; here the whole arrives, so that one can see
what a bot does with more than it can send on."""


@dataclass(frozen=True, slots=True)
class Parcel:
    text: str
    """Beside media: the caption, which may be empty."""
    formatting: list[Entity] | None = None
    """None: what Telegram itself finds in the text."""
    media: Media | None = None

    def check(self) -> None:
        field = "text" if self.media is None else "caption"
        if self.media is None and not self.text.strip():
            raise Refused(field, "a message needs a text")
        if (size := entities.utf16_length(self.text)) > MAX_TEXT:
            raise Refused(field, f"{size} UTF-16 units; at most {MAX_TEXT} fit in a message")

    def entities(self) -> list[Entity]:
        return entities.detect(self.text) if self.formatting is None else self.formatting


def check_edit(message: Message, parcel: Parcel) -> None:
    """Texts stay texts, files stay files, and polls stay as they are."""
    has_file = message.media is not None and message.media["kind"] in FILE_KINDS
    if message.media is not None and not has_file:
        raise Refused("message_id", f"a {message.media['kind']} cannot be edited")
    if parcel.media is not None and (not has_file or parcel.media["kind"] not in FILE_KINDS):
        raise Refused("media", "only media can take the place of media")
    if not has_file:
        parcel.check()


def new_album() -> int:
    """As large as Telegram's, which do not fit a float."""
    return secrets.randbits(60) | 1 << 60
