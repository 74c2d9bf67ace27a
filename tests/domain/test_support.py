"""/terms and /paysupport: who may use them where, and which message is the question."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.model.content import Uncopyable
from domain.model.ids import BotId
from domain.session.effects import AcceptTerms, AskSupport, Relay, Say
from domain.session.facts import TermsAccepted, TicketOpened
from domain.session.feature import Awaited
from domain.session.features.shop.support import FEATURE, LONGEST
from domain.session.state import Elsewhere, Session
from tests.domain.stories import ADULT, CHATTING, IDLE, ME, NOW, SEARCHING, command, of, pressed, said, step, texts, toasts

BANNED = replace(IDLE, profile=replace(ADULT, banned_until=NOW + 1e6))
NEWCOMER = Session(address=ME)
OUTSIDE = [IDLE, SEARCHING, replace(IDLE, place=Elsewhere(BotId(2), chatting=True)), NEWCOMER, BANNED]


def questions(effects) -> list[str]:
    return [each.text for each in of(AskSupport, effects)]


def with_argument(text: str):
    return replace(command("paysupport"), argument=text)


@pytest.mark.parametrize("session", [*OUTSIDE, CHATTING])
def test_a_question_with_the_command_is_asked_by_anybody_anywhere(session):
    assert questions(step(session, with_argument("Where is my VIP?"))[1]) == ["Where is my VIP?"]
    assert len(questions(step(session, with_argument("x" * 5000))[1])[0]) == LONGEST


@pytest.mark.parametrize("session", OUTSIDE)
def test_without_one_the_next_message_is_the_question_and_only_that(session):
    asking, effects = step(session, command("paysupport"))
    assert texts(effects) == ["paysupport-ask"]
    after, effects = step(asking, said("I paid and got nothing"), NOW + 60)
    assert questions(effects) == ["I paid and got nothing"]
    assert questions(step(after, said("hello", pts=6), NOW + 61)[1]) == []
    assert texts(step(after, TicketOpened(number=7))[1]) == ["paysupport-ticket"]


def test_in_a_chat_the_question_has_to_come_with_the_command():
    asking, effects = step(CHATTING, command("paysupport"))
    assert texts(effects) == ["paysupport-how"]
    assert questions(step(asking, said("for my partner", pts=6))[1]) == []


def test_a_chat_that_began_meanwhile_gets_its_messages():
    asking, _ = step(SEARCHING, command("paysupport"))
    chatting, effects = step(replace(asking, place=CHATTING.place), said("hello", pts=6))
    assert of(Relay, effects)
    assert questions(effects) == []
    assert questions(step(replace(chatting, place=IDLE.place), said("again", pts=7))[1]) == []


@pytest.mark.parametrize("instead", [command("profile", pts=6), pressed("edit:age")])
def test_doing_something_else_ends_the_asking(instead):
    asking, _ = step(IDLE, command("paysupport"))
    after, _ = step(asking, instead)
    assert questions(step(after, said("25", pts=7))[1]) == []


def test_the_asking_ends_by_itself():
    asking, _ = step(IDLE, command("paysupport"))
    assert isinstance(FEATURE.awaited, Awaited)
    assert questions(step(asking, said("hello"), NOW + FEATURE.awaited.within + 1)[1]) == []


def test_a_picture_is_no_question_and_the_asking_goes_on():
    asking, _ = step(IDLE, command("paysupport"))
    asking, effects = step(asking, replace(said("", pts=6), content=Uncopyable(reason="refuse-location")))
    assert texts(effects) == ["paysupport-text-only"]
    assert questions(step(asking, said("a text", pts=7))[1]) == ["a text"]


@pytest.mark.parametrize("session", [*OUTSIDE, CHATTING])
def test_anybody_may_read_and_accept_the_terms(session):
    _, (shown,) = step(session, command("terms"))
    assert isinstance(shown, Say)
    ((button,),) = shown.notice.buttons
    press = pressed(button.data)
    assert step(session, press)[1] == [AcceptTerms(pressed=press)]
    effects = step(session, TermsAccepted(pressed=press))[1]
    assert (toasts(effects), texts(effects)) == ([""], ["terms-accepted"])
