"""Facts about the person themselves: their status in the pool, a ban, and that they block or unblock the bot, or that
it is removed.
"""

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
from domain.session.effects import DropRelays, LookUpBan, NoteSearch, RecordEnd, Say
from domain.session.facts import BanLooked, BotRemoved, Stands
from domain.session.feature import Feature
from domain.session.meeting import leave, place_of
from domain.session.notices import ban_notices, notices
from domain.session.replies import say, show_other_bot
from domain.session.search import cancel
from domain.session.state import Chatting, Elsewhere, Idle, Searching


def _stands(context: Context, stands: Stands) -> Step:
    session, answer = context.session, stands.answer
    if isinstance(answer, Banned | Fenced):
        return session, []
    return replace(session, last_pts=answer.marks.get(session.address.bot), place=place_of(session, answer)), []


def _message_elsewhere(context: Context, _message: MessageReceived) -> Step:
    assert isinstance(context.place, Elsewhere)
    return context.session, [show_other_bot(context, context.place)]


def _expelled(context: Context, expelled: Expelled) -> Step:
    session, chat = context.session, expelled.chat
    profile = session.profile and replace(session.profile, banned_until=inf if expelled.until is None else expelled.until)
    session = replace(session, profile=profile, place=Idle(), ended=chat or session.ended)
    told = LookUpBan(until=inf if expelled.until is None else expelled.until)
    if chat is None:
        return session, [told, NoteSearch(searching=False)]
    return session, [RecordEnd(chat=chat, why=ChatEnd.BANNED), DropRelays(chat=chat), told]


def _ban_looked(context: Context, looked: BanLooked) -> Step:
    """Where the records know of no ban any more, only the pool does, and not for long."""
    session, profile = context.session, looked.profile
    if profile is not None and profile.banned_until <= context.now:
        session = replace(session, profile=profile)
        return session, [say(session, "try-again", Menu.MAIN)]
    if profile is not None:
        session = replace(session, profile=profile)
    until = profile.banned_until if profile is not None else looked.until
    notice = ban_notices.banned(session.profile, until, session.language, Menu.MAIN)
    return session, [Say(notice=notice, key=ban_notices.key_of_ban(session.profile))]


def _bot_blocked(context: Context, _blocked: BotBlocked) -> Step:
    """Ends the search or chat. The person cannot be told."""
    session, place = context.session, context.place
    match place:
        case Chatting(chat=chat):
            return session, [leave(session, chat.id, ChatEnd.GONE, silent=True)]
        case Searching():
            return session, [cancel(session, silent=True)]
        case Idle() | Elsewhere():
            return session, []
    assert_never(place)


def _bot_removed(context: Context, _removed: BotRemoved) -> Step:
    """Ends the search or chat, and tells where one may go on. Neither member has caused it: unused minutes of locks come back."""
    session, bots = context.session, context.open_bots
    match context.place:
        case Chatting(chat=chat):
            notice = notices.plain("bot-removed-chat", session.language, Menu.MAIN, bots=bots)
            told = Say(notice=notice, key=f"chat:{chat.id}:{session.address.user}:ended")
            return session, [told, leave(session, chat.id, ChatEnd.LOST, silent=True)]
        case Searching():
            notice = notices.plain("bot-removed-search", session.language, Menu.MAIN, bots=bots)
            return session, [Say(notice=notice), cancel(session, silent=True)]
        case Idle() | Elsewhere():
            return session, []
    assert_never(context.place)


def _bot_unblocked(context: Context, _unblocked: BotUnblocked) -> Step:
    return context.session, []


FEATURE = Feature(
    name="account",
    messages={Elsewhere: _message_elsewhere},
    facts={
        Stands: _stands,
        Expelled: _expelled,
        BanLooked: _ban_looked,
        BotBlocked: _bot_blocked,
        BotUnblocked: _bot_unblocked,
        BotRemoved: _bot_removed,
    },
)
