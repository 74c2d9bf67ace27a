"""The small effects that most answers consist of."""

from __future__ import annotations

from typing import assert_never

from domain import notices
from domain.effects import Answer, Say
from domain.inbound import Pressed
from domain.outgoing import AnswerPress, Menu
from domain.session_state import Chatting, Elsewhere, Idle, Rules, Searching, Session


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


def pointed(session: Session, place: Elsewhere, rules: Rules) -> Say:
    username = rules.bot_names.get(place.bot, "")
    return Say(notice=notices.elsewhere(session.language, chatting=place.chatting, username=username))


def toast(session: Session, pressed: Pressed, text: str = "", **arguments: str | int) -> Answer:
    press = AnswerPress(query=pressed.query, text=text, arguments=arguments, language=session.language)
    return Answer(press=press)
