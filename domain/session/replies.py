"""Effects that most answers consist of."""

from __future__ import annotations

from typing import assert_never

from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import AnswerPress, Menu
from domain.session.context import Context, Step
from domain.session.effects import Answer, Say
from domain.session.notices import notices
from domain.session.state import Chatting, Elsewhere, Idle, Searching, Session


def menu_of(session: Session) -> Menu:
    match session.place:
        case Chatting():
            return Menu.CHATTING
        case Searching():
            return Menu.SEARCHING
        case Idle() | Elsewhere():
            return Menu.MAIN
    assert_never(session.place)


def say(session: Session, text: str, menu: Menu | None = None, **arguments: str | int) -> Say:
    return Say(notice=notices.plain(text, session.language, menu, **arguments))


def show_other_bot(context: Context, place: Elsewhere) -> Say:
    """Tells at which other bot the user searches or chats."""
    username, language = context.bot_names.get(place.bot, ""), context.session.language
    locked = max(0.0, place.locked_until - context.now)
    return Say(notice=notices.elsewhere(language, chatting=place.chatting, username=username, locked=locked))


def takes_nobody(context: Context, language: str) -> Say:
    """Tells that this bot takes no new people, and which do."""
    return Say(notice=notices.plain("bot-closed", language, bots=context.open_bots))


def toast(session: Session, pressed: ButtonPressed, text: str = "", **arguments: str | int) -> Answer:
    press = AnswerPress(query=pressed.query, text=text, arguments=arguments, language=session.language)
    return Answer(press=press)


def unknown_command(context: Context, _command: CommandReceived) -> Step:
    return context.session, [say(context.session, "unknown-command")]


def old_button(context: Context, pressed: ButtonPressed) -> Step:
    return context.session, [toast(context.session, pressed, "old-button")]
