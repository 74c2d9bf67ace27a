"""What a phone shows of a message: events for those who watch, pages for those who open a chat."""

from __future__ import annotations

from typing import Any

from transport.sandbox.events import EventLog
from transport.sandbox.mailbox import Mailbox
from transport.sandbox.model import Json, Message


class Screen:
    def __init__(self, mailbox: Mailbox, events: EventLog) -> None:
        self._mailbox = mailbox
        self._events = events

    def show(self, kind: str, message: Message, **rest: Any) -> None:
        """Tell the phone; `kind` is message, edit, delete or answer."""
        self._events.add(message.user, {"type": kind, "bot": message.bot, "message": self.draw(message), **rest})

    def draw(self, message: Message) -> Json:
        return {
            "id": message.phone_id,
            "out": not message.from_bot,
            "date": message.date,
            "text": message.text,
            "reply_to": self._reply_number(message),
            "entities": message.entities,
            "media": None,
            "album_id": None,
            "caption": None,
            "keyboard": message.keyboard,
            "edited": bool(message.edited),
            "forwarded": message.forward is not None,
        }

    def _reply_number(self, message: Message) -> int | None:
        """On the phone, the number of the message that this one answers."""
        if message.reply_to is None:
            return None
        target = self._mailbox.get(message.bot, message.reply_to)
        return target.phone_id if target else None
