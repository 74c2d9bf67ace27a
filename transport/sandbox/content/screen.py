"""Messages as JSON for phones, both for their events and for a page that opens a conversation."""

from __future__ import annotations

from typing import Any

from transport.sandbox.content import previews
from transport.sandbox.content.catalog import Catalog
from transport.sandbox.content.service import as_shown
from transport.sandbox.world.events import EventLog
from transport.sandbox.world.mailbox import Mailbox
from transport.sandbox.world.model import Json, Media, Message

SHOWN = {
    "name": "file_name",
    **{
        name: name
        for name in ("width", "height", "duration", "title", "performer", "waveform", "emoji", "sticker_set", "sticker_set_id")
    },
}
"""Fields of `File` that a phone gets if they are set."""
INVOICE_SHOWN = ("kind", "title", "description", "stars", "paid")
"""Not the payload, which is the bot's own."""


class Screen:
    def __init__(self, mailbox: Mailbox, events: EventLog, catalog: Catalog) -> None:
        self._mailbox = mailbox
        self._events = events
        self._catalog = catalog

    def show(self, kind: str, message: Message, *, to: int | None = None, **rest: Any) -> None:
        """Add an event for the phone, or for that of the user `to`. `kind` is message, edit, delete or answer."""
        phone = message.user if to is None else to
        self._events.add(phone, {"type": kind, "bot": message.bot, "message": self.draw(message), **rest})

    def draw(self, message: Message) -> Json:
        """A message as JSON. If it has media, its text is given as the caption."""
        media = message.media
        protected = {"protected": True} if message.protected else {}
        service = {"service": as_shown(message.service)} if message.service else {}
        return {
            "id": message.phone_id,
            "out": not message.from_bot,
            "date": message.date,
            "text": "" if media else message.text,
            "reply_to": self._reply_number(message),
            "entities": message.entities,
            "media": self._draw_media(media) if media else None,
            "album_id": str(message.album) if message.album else None,
            "caption": message.text or None if media else None,
            "keyboard": message.keyboard,
            "edited": bool(message.edited),
            "forwarded": message.forward is not None,
            **service,
            **protected,
            "preview": previews.shown(message),
        }

    def _draw_media(self, media: Media) -> Json:
        file = self._catalog.get(media["file"]) if "file" in media else None
        if media["kind"] == "invoice":
            return {name: media[name] for name in INVOICE_SHOWN}
        if file is None:
            return media
        shown = {field: value for name, field in SHOWN.items() if (value := getattr(file, name))}
        above = {"caption_above": True} if media.get("caption_above") else {}
        required = {"kind": file.kind, "file_unique_id": file.unique, "size": file.size, "mime_type": file.mime}
        return {**required, "spoiler": bool(media.get("spoiler")), **above, **shown}

    def _reply_number(self, message: Message) -> int | None:
        if message.reply_to is None:
            return None
        target = self._mailbox.get(message.bot, message.reply_to)
        return target.phone_id if target else None
