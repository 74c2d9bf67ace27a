"""Who is who in the stories of the session machine, and a step of it in one line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.configuration import Configuration
from domain.matching.requests import Answer, Cancel, Find, Leave, Seeker, UpdateSearch
from domain.model.chat import Chat, ChatEnd
from domain.model.content import Text
from domain.model.ids import Address, BotId, ChatId, MessageId, Pts, UserId
from domain.model.inbound import ButtonPressed, CommandReceived, MessageEdited, MessageReceived
from domain.model.profile import AgeBand, Gender, Profile
from domain.session.context import Context, Step
from domain.session.effects import Answer as AnswerEffect
from domain.session.effects import Decide, Say
from domain.session.facts import Decided, Fact
from domain.session.machine import Machine
from domain.session.state import Chatting, Searching, Session
from domain.trust.spam.rules import Standing
from domain.trust.spam.watch import Watch

BOT, OTHER_BOT = BotId(1), BotId(2)
NAMES = {BOT: "first_bot", OTHER_BOT: "second_bot"}
ME, PARTNER = Address(BOT, UserId(10)), Address(OTHER_BOT, UserId(20))
RULES = Configuration()
CHAT = Chat(id=ChatId("c1"), first=ME, second=PARTNER, started=1000.0)
ADULT = Profile(user=ME.user, gender=Gender.FEMALE, age=25)
SEEKER = Seeker(address=ME, gender=Gender.FEMALE, band=AgeBand.FROM_25)
IDLE = Session(address=ME, profile=ADULT)
SEARCHING = replace(IDLE, place=Searching(1000.0))
CHATTING = replace(IDLE, place=Chatting(CHAT))
NOW = 1_000_000.0
KNOWN = Watch(standing=Standing(since=0.0, chats=100))
"""Of somebody who came long ago: whose contacts are not looked into."""
MACHINE = Machine()


def step(session: Session, fact: Fact, now: float = NOW, configuration: Configuration = RULES) -> Step:
    return MACHINE.step(Context(session=session, now=now, configuration=configuration, bot_names=NAMES), fact)


def said(text: str, pts: int = 5, **more: Any) -> MessageReceived:
    return MessageReceived(user=ME.user, pts=Pts(pts), message=MessageId(pts), content=Text(text=text), **more)


def command(name: str, pts: int = 5) -> CommandReceived:
    return CommandReceived(user=ME.user, pts=Pts(pts), message=MessageId(pts), name=name, content=Text(text=f"/{name}"))


def edited(content: Any, message: int = 4, pts: int = 9) -> MessageEdited:
    return MessageEdited(user=ME.user, pts=Pts(pts), message=MessageId(message), content=content)


def pressed(data: str) -> ButtonPressed:
    return ButtonPressed(user=ME.user, query=7, message=MessageId(3), data=data)


def find(*, leaving: ChatId | None = None, priority: bool = False) -> Decide:
    return Decide(request=Find(seeker=SEEKER, leaving=leaving, priority=priority))


def cancel(*, silent: bool = False) -> Decide:
    return Decide(request=Cancel(address=ME, silent=silent))


def leave(why: ChatEnd, *, silent: bool = False, unmarked: bool = False) -> Decide:
    return Decide(request=Leave(address=ME, chat=CHAT.id, why=why, silent=silent, unmarked=unmarked))


def found(answer: Answer, *, left: ChatId | None = None) -> Decided[Find]:
    return Decided(request=Find(seeker=SEEKER, leaving=left), answer=answer)


def widened(answer: Answer) -> Decided[UpdateSearch]:
    return Decided(request=UpdateSearch(seeker=SEEKER), answer=answer)


def cancelled(answer: Answer, *, silent: bool = False) -> Decided[Cancel]:
    return Decided(request=Cancel(address=ME, silent=silent), answer=answer)


def left(why: ChatEnd, answer: Answer, *, silent: bool = False) -> Decided[Leave]:
    return Decided(request=Leave(address=ME, chat=CHAT.id, why=why, silent=silent), answer=answer)


def texts(effects: list[Any]) -> list[str]:
    return [effect.notice.text for effect in effects if isinstance(effect, Say)]


def toasts(effects: list[Any]) -> list[str]:
    return [effect.press.text for effect in effects if isinstance(effect, AnswerEffect)]


def of(kind: type, effects: list[Any]) -> list[Any]:
    return [effect for effect in effects if isinstance(effect, kind)]
