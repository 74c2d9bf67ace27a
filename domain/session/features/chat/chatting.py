"""Chats: one begins with `Matched`, and messages and edits are relayed in it. It ends by /stop, by the partner, or when a message
cannot be sent because a member is gone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from domain.matching.requests import Leave, LockedIn, Paired
from domain.model.chat import ChatEnd
from domain.model.content import Dice, Poll
from domain.model.events import ChatEnded, Matched
from domain.model.ids import ChatId
from domain.model.inbound import CommandReceived, MessageEdited, MessageReceived
from domain.model.outgoing import Menu, Why
from domain.session import findings, holding
from domain.session.context import Context, Step
from domain.session.effects import DropRelays, Effect, NoteSearch, OfferAfterwards, RecordChat, RecordEnd, Say
from domain.session.facts import Decided, NotRelayed
from domain.session.feature import Command, Feature, Key
from domain.session.meeting import kept_in, leave, meet
from domain.session.notices import notices
from domain.session.repeats import told_again
from domain.session.replies import menu_of, say
from domain.session.screening import say_to_partner
from domain.session.screens.screen import Writing
from domain.session.search import cancel, is_held
from domain.session.state import Chatting, Elsewhere, Idle, Searching, Session, in_chat

TYPO_SECONDS = 5.0
"""An edit that comes so soon mends a typing error: what it replaces is not kept for a report."""

# --- messages


def _message(context: Context, received: MessageReceived) -> Step:
    writing = Writing(message=received.message, content=received.content, reply_to=received.reply_to)
    return say_to_partner(context, writing)


def _edited(context: Context, edited: MessageEdited) -> Step:
    """Edits are relayed in a chat, and ignored otherwise. An edited poll is ignored too, because it is most often a vote. In a
    chat, what comes here changes what the partner has, or what waits for its writer's answer: other edits were dropped
    (`actors/session/edits.py`).
    """
    if not isinstance(context.place, Chatting) or isinstance(edited.content, Poll | Dice):
        return context.session, []
    if holding.is_held(context.session, edited.message):
        return holding.edited(context.session, edited.message, edited.content), []
    late = edited.date - edited.written > TYPO_SECONDS
    return say_to_partner(context, Writing(message=edited.message, content=edited.content, edit=True, late=late))


def _not_relayed(context: Context, failed: NotRelayed) -> Step:
    session = context.session
    if not in_chat(session, failed.chat):
        return session, _too_late(session, failed)
    if failed.failure.why is Why.GONE:
        return session, [leave(session, failed.chat, ChatEnd.GONE)]
    notice = notices.not_delivered(failed.failure, session.language, edit=failed.edit)
    if notice is None:
        return session, []
    return session, [Say(notice=notice, key=_failure_key(session, failed))]


def _too_late(session: Session, failed: NotRelayed) -> list[Effect]:
    """Whoever left before they knew what became of their last message hears that it did not arrive. Whoever was left knows."""
    if failed.chat != session.left or failed.edit or failed.failure.why is Why.STALE:
        return []
    notice = notices.not_delivered(failed.failure, session.language) or notices.plain("not-delivered-chat-over", session.language)
    return [Say(notice=notice, key=_failure_key(session, failed))]


def _failure_key(session: Session, failed: NotRelayed) -> str:
    """A failure is told once, whichever way it is heard of."""
    return f"{session.address.bot}:{session.address.user}:{failed.message}:{'edit' if failed.edit else 'relay'}:failed"


# --- beginning and end


def _matched(context: Context, matched: Matched) -> Step:
    """Somebody held meets nobody: the search should have ended, but this session was not active when the hold came."""
    session, met = meet(context.session, matched.chat)
    if met and is_held(context):
        told: list[Effect] = [say(session, "account-held", Menu.MAIN), NoteSearch(searching=False)]
        return session, [RecordChat(chat=matched.chat), *told, leave(session, matched.chat.id, ChatEnd.GONE, silent=True)]
    if not matched.again or not in_chat(session, matched.chat.id):
        return session, met
    key = f"chat:{matched.chat.id}:{session.address.user}:again"
    return session, [*met, Say(notice=notices.plain("talking-again", session.language), key=key)]


def _stop(context: Context, _command: CommandReceived) -> Step:
    session, place = context.session, context.place
    match place:
        case Chatting(chat=chat):
            return session, [leave(session, chat.id, ChatEnd.STOPPED)]
        case Searching():
            return session, [cancel(session)]
        case Idle() | Elsewhere():
            return session, [say(session, "not-in-chat", Menu.MAIN)]
    assert_never(place)


def _left(context: Context, decided: Decided[Leave]) -> Step:
    session, chat, why = context.session, decided.request.chat, decided.request.why
    if isinstance(decided.answer, LockedIn):
        return kept_in(context, decided.answer.locked_until)
    if isinstance(decided.answer, Paired) and decided.answer.chat.id == chat:  # refused before, and decided once more
        return kept_in(context, decided.answer.locked_until) if decided.answer.locked_until else (session, [])
    ended: list[Effect] = [RecordEnd(chat=chat, why=why), DropRelays(chat=chat)]
    if in_chat(session, chat):
        session = replace(session, place=Idle())
    if decided.request.silent:
        return session, ended
    after = OfferAfterwards(chat=chat, why=why)
    if why is ChatEnd.GONE:
        session = replace(session, lost_partner=True, ended=chat)
        told = Say(notice=notices.plain("partner-gone", session.language, Menu.MAIN), key=_end_key(session, chat))
        return session, [*ended, told, after]
    session, ran = findings.left(context.after(replace(session, ended=chat, left=chat)), chat)
    return session, [*ended, say(session, "you-left", Menu.MAIN), after, *ran]


def _chat_ended(context: Context, event: ChatEnded) -> Step:
    """A session that was activated by it is idle already, by the pool."""
    session = context.session
    lost_partner = event.why in {ChatEnd.GONE, ChatEnd.BANNED, ChatEnd.LOST}
    if in_chat(session, event.chat):
        session = replace(session, place=Idle(), lost_partner=lost_partner)
    moved_on = isinstance(session.place, Searching | Chatting)
    ended: list[Effect] = [RecordEnd(chat=event.chat, why=event.why), DropRelays(chat=event.chat)]
    if moved_on or event.chat == session.ended:
        return session, ended
    session = replace(session, ended=event.chat, lost_partner=session.lost_partner or lost_partner)
    told = Say(notice=notices.chat_ended(event.why, session.language, menu_of(session)), key=_end_key(session, event.chat))
    return session, [*ended, told, OfferAfterwards(chat=event.chat, why=event.why), NoteSearch(searching=False)]


def _end_key(session: Session, chat: ChatId) -> str:
    """The idempotency key of the text that tells the end: it is sent once, though several facts may lead to it."""
    return f"chat:{chat}:{session.address.user}:ended"


FEATURE = Feature(
    name="chatting",
    commands=(Command(name="stop", handler=_stop, help="command-stop", repeat=told_again("stopped")),),
    keys=(Key(menu=Menu.CHATTING, row=1, label="menu-stop", command="stop"),),
    messages={Chatting: _message},
    facts={MessageEdited: _edited, NotRelayed: _not_relayed, Matched: _matched, ChatEnded: _chat_ended},
    decisions={Leave: _left},
)
