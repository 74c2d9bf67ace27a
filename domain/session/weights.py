"""What an update costs of the flood limit: what is cheap to send and to bear costs less than a message, and a video more."""

from __future__ import annotations

from domain.model.content import Content, Media, MediaKind
from domain.model.inbound import ButtonPressed, CommandReceived, MessageEdited, MessageReceived

MESSAGE = 1.0
PRESS = 0.5
ALBUM_PART = 2.0
OF_KIND = {
    MediaKind.STICKER: 0.5,
    MediaKind.PHOTO: 2.0,
    MediaKind.ANIMATION: 2.0,
    MediaKind.VOICE: 2.0,
    MediaKind.AUDIO: 2.0,
    MediaKind.DOCUMENT: 2.0,
    MediaKind.VIDEO: 3.0,
    MediaKind.VIDEO_NOTE: 3.0,
}


def weight(update: MessageReceived | CommandReceived | MessageEdited | ButtonPressed) -> float:
    """Of an edit or a command, as of a text, whatever is in it."""
    match update:
        case MessageReceived(places=places) if places:
            return ALBUM_PART * len(places)
        case MessageReceived(content=content):
            return _of_content(content)
        case ButtonPressed():
            return PRESS
        case _:
            return MESSAGE


def _of_content(content: Content) -> float:
    return OF_KIND[content.kind] if isinstance(content, Media) else MESSAGE
