"""A decision of the pool whose answer never came may have been made all the same. Where the user stands since tells."""

from __future__ import annotations

from typing import assert_never

from domain.effects import CancelSearch, LeaveChat, Search
from domain.facts import Cancelled, Fact, Left, Searched
from domain.pool import Answer, Paired, Waiting
from domain.session_state import Idle, Searching, Session, in_chat
from domain.values import ChatId

Decision = Search | CancelSearch | LeaveChat
"""To widen a search is none: nothing is wrong where it was done in silence, and whom it pairs hears of that by an event."""


def made(decision: Decision, session: Session, answer: Answer) -> Fact | None:
    """What the decision's answer would have said; None where it was not made, or the session knows better by now."""
    match decision:
        case LeaveChat(chat=chat, why=why, silent=silent):
            over = _is_over(chat, session, answer)
            return Left(chat=chat, why=why, answer=answer, silent=silent) if over else None
        case CancelSearch(silent=silent):
            over = isinstance(session.place, Searching) and not isinstance(answer, Waiting)
            return Cancelled(answer=answer, silent=silent) if over else None
        case Search(leaving=chat):
            left = isinstance(session.place, Idle) if chat is None else _is_over(chat, session, answer)
            return Searched(answer=answer, left=chat) if left and isinstance(answer, Waiting | Paired) else None
    assert_never(decision)


def _is_over(chat: ChatId, session: Session, answer: Answer) -> bool:
    return in_chat(session, chat) and not (isinstance(answer, Paired) and answer.chat.id == chat)
