"""Messages that wait until their writer says whether they are to be sent: asked once in a chat for each concern.

While the question is open, what gives the same concern waits with it; what does not goes on. In memory only: the end of the chat
or of the session forgets what waits, and a press then says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from domain.model.content import Album, Content, Media
from domain.model.ids import ChatId, MessageId
from domain.model.outgoing import Notice
from domain.session.context import Context
from domain.session.effects import Say
from domain.session.replies import say
from domain.session.screens.screen import Stopped, Writing
from domain.session.state import Chatting, Session

MOST_HELD = 10
"""Messages that wait for one answer."""


class Concern(StrEnum):
    """What the writer is asked about."""

    CONTACTS = "contacts"
    NAME = "name"
    """A file whose name has their own."""
    DETAILS = "details"
    """A file that may have a camera's notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    concern: Concern
    writings: tuple[Writing, ...]

    @property
    def message(self) -> MessageId:
        """Names the question."""
        return self.writings[0].message


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    chat: ChatId
    answered: frozenset[Concern] = frozenset()
    """What the writer was asked about in this chat, and has answered."""
    held: tuple[Held, ...] = ()
    """One for each open question."""


def is_answered(session: Session, concern: Concern) -> bool:
    return session.holding is not None and concern in session.holding.answered


def hold(context: Context, writing: Writing, concern: Concern, question: Notice) -> Stopped:
    """It waits. Only the first for a concern asks."""
    place = context.place
    assert isinstance(place, Chatting)
    holding = context.session.holding or Holding(chat=place.chat.id)
    waiting = next((each for each in holding.held if each.concern is concern), None)
    if waiting is None:
        held = (*holding.held, Held(concern=concern, writings=(writing,)))
        return Stopped(session=_with(context.session, replace(holding, held=held)), effects=(Say(notice=question),))
    if len(waiting.writings) >= MOST_HELD:
        return Stopped(session=context.session, effects=(say(context.session, "held-full"),))
    more = replace(waiting, writings=(*waiting.writings, writing))
    held = tuple(more if each is waiting else each for each in holding.held)
    return Stopped(session=_with(context.session, replace(holding, held=held)), effects=())


def is_held(session: Session, message: MessageId) -> bool:
    if session.holding is None:
        return False
    return any(_has(writing, message) for held in session.holding.held for writing in held.writings)


def edited(session: Session, message: MessageId, content: Content) -> Session:
    """What waits says this from now on."""
    assert session.holding is not None
    held = tuple(
        replace(each, writings=tuple(_changed(writing, message, content) for writing in each.writings))
        for each in session.holding.held
    )
    return _with(session, replace(session.holding, held=held))


def answer(session: Session, held: Held) -> Session:
    """It does not wait any more, and the writer is not asked again in this chat."""
    holding = session.holding
    assert holding is not None
    rest = tuple(each for each in holding.held if each is not held)
    return _with(session, replace(holding, held=rest, answered=holding.answered | {held.concern}))


def _with(session: Session, holding: Holding) -> Session:
    return replace(session, holding=holding)


def _has(writing: Writing, message: MessageId) -> bool:
    if isinstance(writing.content, Album):
        return any(item.file.message == message for item in writing.content.items)
    return writing.message == message


def _changed(writing: Writing, message: MessageId, content: Content) -> Writing:
    """An album stays whole: one of its parts becomes another file, or has another caption."""
    if not _has(writing, message):
        return writing
    if isinstance(writing.content, Album):
        if not isinstance(content, Media):
            return writing
        items = tuple(content if item.file.message == message else item for item in writing.content.items)
        return replace(writing, content=Album(items=items), written=None)
    return replace(writing, content=content, written=None)
