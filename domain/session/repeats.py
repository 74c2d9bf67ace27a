"""The answer to a command that the pool has decided already, where a crash came before the user was told.

The result is told once more with the same idempotency keys. So nobody is left without an answer, and nobody sees it twice. A
search or chat that has ended meanwhile is told of by an event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from domain.model.inbound import CommandReceived
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.effects import NoteSearch
from domain.session.meeting import meet
from domain.session.replies import say
from domain.session.state import Chatting, Elsewhere, Idle, Searching


def told_again(text: str = "") -> Callable[[Context, CommandReceived], Step]:
    """`text` is the command's answer where it ends a search or a chat."""

    def tell(context: Context, _command: CommandReceived) -> Step:
        session, place = context.session, context.place
        match place:
            case Searching():
                return session, [say(session, "searching", Menu.SEARCHING), NoteSearch(searching=True)]
            case Chatting(chat=chat):
                return meet(session, chat)
            case Idle() | Elsewhere() if text:
                return session, [say(session, text, Menu.MAIN), NoteSearch(searching=False)]
            case Idle():
                return session, [NoteSearch(searching=False)]
            case Elsewhere():
                return session, []
        assert_never(place)

    return tell
