"""The texts about what may tell who somebody is."""

from __future__ import annotations

from domain.model.ids import MessageId
from domain.model.outgoing import Button, Notice
from domain.session.holding import Concern


def question(concern: Concern, message: MessageId, language: str) -> Notice:
    """Whether the message is to be sent all the same."""
    file = concern is not Concern.CONTACTS
    send = Button("held-send-file" if file else "held-send", data=f"held:send:{concern}:{message}")
    drop = Button("held-drop", data=f"held:drop:{concern}:{message}")
    return Notice(text=f"held-{concern}", language=language, buttons=((send, drop),))
