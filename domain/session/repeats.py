"""What a command is answered that the pool has decided already: a crash came between the decision and its being told.

It is told once more, with the same idempotency keys, so that nobody is left without an answer and nobody sees it twice. What
ended meanwhile is told by an event.
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
    """`text` is what the command says where it has ended a search or a chat."""

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
