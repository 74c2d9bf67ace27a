"""The person at this bot: where the pool says that they stand, a ban, and the bot being blocked and unblocked."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import assert_never

from domain.matching.requests import Banned, Fenced
from domain.model.chat import ChatEnd
from domain.model.events import Expelled
from domain.model.inbound import BotBlocked, BotUnblocked, MessageReceived
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.effects import DropRelays, NoteSearch, RecordEnd
from domain.session.facts import Stands
from domain.session.feature import Feature
from domain.session.meeting import leave, place_of
from domain.session.replies import pointed, say
from domain.session.search import cancel
from domain.session.state import Chatting, Elsewhere, Idle, Searching


def _stands(context: Context, stands: Stands) -> Step:
    session, answer = context.session, stands.answer
    if isinstance(answer, Banned | Fenced):
        return session, []
    return replace(session, last_pts=answer.marks.get(session.address.bot), place=place_of(session, answer)), []


def _said_elsewhere(context: Context, _said: MessageReceived) -> Step:
    assert isinstance(context.place, Elsewhere)
    return context.session, [pointed(context, context.place)]


def _expelled(context: Context, expelled: Expelled) -> Step:
    session, chat = context.session, expelled.chat
    profile = session.profile and replace(session.profile, banned_until=inf if expelled.until is None else expelled.until)
    session = replace(session, profile=profile, place=Idle(), ended=chat or session.ended)
    told = say(session, "banned", Menu.MAIN)
    if chat is None:
        return session, [told, NoteSearch(searching=False)]
    return session, [RecordEnd(chat=chat, why=ChatEnd.BANNED), DropRelays(chat=chat), told]


def _blocked_us(context: Context, _stopped: BotBlocked) -> Step:
    """Nothing can be told to them, and nobody shall wait for them."""
    session, place = context.session, context.place
    match place:
        case Chatting(chat=chat):
            return session, [leave(session, chat.id, ChatEnd.GONE, silent=True)]
        case Searching():
            return session, [cancel(session, silent=True)]
        case Idle() | Elsewhere():
            return session, []
    assert_never(place)


def _unblocked_us(context: Context, _restarted: BotUnblocked) -> Step:
    return context.session, []


FEATURE = Feature(
    name="account",
    messages={Elsewhere: _said_elsewhere},
    facts={Stands: _stands, Expelled: _expelled, BotBlocked: _blocked_us, BotUnblocked: _unblocked_us},
)
