"""For several features: the state that follows from the pool's answer, and how a chat begins and is left."""

from __future__ import annotations

from dataclasses import replace

from domain.matching.requests import Answer, Leave, Paired, Standing, Waiting
from domain.model.chat import Chat, ChatEnd
from domain.model.ids import ChatId
from domain.session.context import Context, Step
from domain.session.effects import Decide, Effect, Introduce, NoteSearch, RecordChat, Say
from domain.session.notices import lock_notices
from domain.session.state import Chatting, Elsewhere, Idle, Place, Searching, Session, in_chat


def place_of(session: Session, answer: Standing) -> Place:
    """The user's state by the pool's answer."""
    match answer:
        case Waiting(bot=bot, since=since):
            return Searching(since) if bot == session.address.bot else Elsewhere(bot, chatting=False)
        case Paired(chat=chat) if chat.id == session.ended:
            return Idle()
        case Paired(chat=chat, locked_until=locked_until):
            bot = chat.side_of(session.address.user).bot
            if bot != session.address.bot:
                return Elsewhere(bot, chatting=True, locked_until=locked_until)
            return session.place if in_chat(session, chat.id) else Chatting(chat, introduced=False, locked_until=locked_until)
        case _:
            return Idle()


def meet(session: Session, chat: Chat) -> Step:
    """A chat begins: it is recorded, then the partner is shown. Only once, and never after the user was told of its end."""
    if chat.side_of(session.address.user).bot != session.address.bot or chat.id == session.ended:
        return session, []
    place = session.place
    if isinstance(place, Chatting) and place.chat.id == chat.id and place.introduced:
        return session, []
    effects: list[Effect] = [RecordChat(chat=chat), Introduce(chat=chat), NoteSearch(searching=False)]
    if isinstance(place, Chatting) and place.chat.id == chat.id:
        return replace(session, place=replace(place, introduced=True)), effects
    return replace(session, place=Chatting(chat)), effects


def kept_in(context: Context, until: float) -> Step:
    """The partner's lock holds: nothing changes, and the user hears for how long."""
    session, place = context.session, context.place
    if isinstance(place, Chatting):
        session = replace(session, place=replace(place, locked_until=until))
    return session, [Say(notice=lock_notices.locked_in(until, context.now, session.language))]


def leave(session: Session, chat: ChatId, why: ChatEnd, *, silent: bool = False) -> Decide:
    """Asks the pool to end the chat. Where this session is not in that chat, the request is `unmarked`: the pool has had a
    request by the same update before, and would not decide a second one.
    """
    unmarked = not in_chat(session, chat)
    return Decide(request=Leave(address=session.address, chat=chat, why=why, silent=silent, unmarked=unmarked))


def end_forgotten(session: Session, answer: Answer) -> list[Effect]:
    """Ends a chat whose end the user was told already. A server that has lost its last moment may still have it."""
    if isinstance(answer, Paired) and answer.chat.id == session.ended:
        return [leave(session, answer.chat.id, ChatEnd.STOPPED, silent=True)]
    return []
