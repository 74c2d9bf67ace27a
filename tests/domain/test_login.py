"""How an admin logs in at the bot; and what everybody else sees of it: nothing."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.model.ids import BotId
from domain.panel import login
from domain.panel.browsers import UNKNOWN, named
from domain.panel.login import ALPHABET, Client, choices_of, in_groups, new_code, number_of, read_code, wait_after
from domain.panel.sessions import ABSOLUTE, is_live
from domain.panel.sessions import IDLE as LONGEST_PAUSE
from domain.ports.panel import Answered, NotAsked, Outcome, PanelQuestion
from domain.session.effects import Amend, AnswerQuestion, AskLogin, Say
from domain.session.facts import Hidden, LoginAsked, QuestionAnswered
from domain.session.state import Elsewhere, Session
from tests.domain.stories import ADULT, CHATTING, IDLE, ME, NOW, SEARCHING, command, of, pressed, step, texts, toasts

NEWCOMER = Session(address=ME)
UNFINISHED = replace(IDLE, profile=replace(ADULT, age=None))
BANNED = replace(IDLE, profile=replace(ADULT, banned_until=NOW + 1e6))
ELSEWHERE = replace(IDLE, place=Elsewhere(BotId(2), chatting=True))
EVERYBODY = [IDLE, SEARCHING, CHATTING, ELSEWHERE, NEWCOMER, UNFINISHED, BANNED]
FIREFOX = Client(address="203.0.113.7", browser="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
ASKED = PanelQuestion(reference="ab12", choices=(11, 22, 33, 44, 55, 66), client=FIREFOX, at=NOW - 20)


def typed(argument: str = "ABCD EFGH") -> Any:
    return replace(command("admin_login"), argument=argument)


def opened(argument: str = "login_ABCDEFGH") -> Any:
    return replace(command("start"), argument=argument)


# --- at the bot


@pytest.mark.parametrize("session", EVERYBODY)
def test_a_code_is_looked_up_whatever_its_sender_does(session):
    assert of(AskLogin, step(session, typed())[1]) == [AskLogin(command=typed(), code="ABCD EFGH")]
    assert of(AskLogin, step(session, opened())[1]) == [AskLogin(command=opened(), code="ABCDEFGH")]


@pytest.mark.parametrize("session", EVERYBODY)
def test_whoever_is_no_admin_gets_what_an_unknown_command_gets(session):
    """The same texts, and the same state afterwards, whoever they are and wherever they stand."""
    unknown = step(session, replace(typed(), name="no_such_command"))
    assert step(step(session, typed())[0], Hidden(command=typed())) == unknown
    plain = step(session, opened(""))
    assert step(step(session, opened())[0], Hidden(command=opened())) == plain
    assert step(session, opened("nonsense"))[1] == plain[1]


def test_the_question_says_where_and_when_and_has_six_numbers():
    _, (shown,) = step(IDLE, LoginAsked(command=typed(), outcome=ASKED))
    assert isinstance(shown, Say)
    assert shown.notice.arguments == {"browser": "Firefox on Linux", "address": "203.0.113.7", "seconds": 20}
    *numbers, (not_me,) = shown.notice.buttons
    assert [button.data for row in numbers for button in row] == [f"admin:ab12:{n}" for n in (11, 22, 33, 44, 55, 66)]
    assert not_me.data == "admin:ab12:no"
    assert all(len(button.data) <= 64 for row in shown.notice.buttons for button in row)


def test_a_wrong_code_says_how_long_to_wait_and_none_says_how_it_is_done():
    _, effects = step(IDLE, LoginAsked(command=typed(), outcome=NotAsked(wait=7.2)))
    assert texts(effects) == ["panel-wrong-code"]
    assert effects[0].notice.arguments == {"seconds": 8}
    assert texts(step(IDLE, LoginAsked(command=typed(""), outcome=NotAsked(wait=0.0)))[1]) == ["panel-code-how"]


@pytest.mark.parametrize("session", EVERYBODY)
def test_a_press_is_an_answer(session):
    press = pressed("admin:ab12:33")
    assert step(session, press)[1] == [AnswerQuestion(pressed=press, reference="ab12", number="33")]


@pytest.mark.parametrize("data", ["admin", "admin:", "admin:ab12", "admin::33", "admin:ab12:", "admin:a b:3", "admin:ab12:3 3"])
def test_a_press_that_was_never_offered_is_an_old_button(data):
    assert toasts(step(IDLE, pressed(data))[1]) == ["old-button"]


def test_the_answer_takes_the_place_of_the_question():
    press = pressed("admin:ab12:33")
    told = {Outcome.ACCEPTED: "panel-agreed", Outcome.REFUSED: "panel-denied", Outcome.OVER: "panel-question-over"}
    for outcome, text in told.items():
        _, effects = step(IDLE, QuestionAnswered(pressed=press, outcome=Answered(outcome=outcome)))
        [amended] = of(Amend, effects)
        assert (amended.message, amended.notice.text, amended.notice.buttons) == (press.message, text, ())
    assert toasts(step(IDLE, QuestionAnswered(pressed=press, outcome=None))[1]) == ["old-button"], "for who is no admin"


# --- codes and numbers


def test_codes_have_forty_bits_and_no_letters_that_look_alike():
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
    codes = [new_code() for _ in range(500)]
    assert len(set(codes)) == 500
    assert set("".join(codes)) == set(ALPHABET)


@given(st.text(alphabet=ALPHABET, min_size=8, max_size=8))
def test_a_code_is_read_as_people_type_it(code):
    assert re.fullmatch(r"\w{4} \w{4}", in_groups(code))
    for as_typed in (code, in_groups(code), code.lower(), f" {code[:4]}-{code[4:]} "):
        assert read_code(as_typed) == code


@given(st.text())
def test_any_text_is_a_code_or_none(text):
    assert read_code(text) == "" or len(read_code(text)) == login.LENGTH


def test_the_right_number_is_one_of_six_and_stands_anywhere():
    places = Counter[int]()
    for n in range(600):
        choices, right = choices_of(b"key", f"question {n}"), number_of(b"key", f"question {n}")
        assert len(set(choices)) == 6
        assert all(10 <= each <= 99 for each in choices)
        places[choices.index(right)] += 1
    assert set(places) == set(range(6))
    assert min(places.values()) > 50, places


def test_waits_double_up_to_a_quarter_of_an_hour():
    assert [wait_after(n) for n in (0, 1, 2, 3, 10, 11, 10**6)] == [0, 1, 2, 4, 512, 900, 900]


def test_a_session_has_two_ends():
    assert is_live(0.0, 0.0, LONGEST_PAUSE - 1)
    assert not is_live(0.0, 0.0, LONGEST_PAUSE)
    assert is_live(0.0, ABSOLUTE - 1, ABSOLUTE - 1)
    assert not is_live(0.0, ABSOLUTE - 1, ABSOLUTE)
    assert is_live(100.0, 100.0, 0.0)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (FIREFOX.browser, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19 Safari/605.1.15", "Safari on macOS"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "curl"),
        ("", UNKNOWN),
        ("**bold** <b>", UNKNOWN),
    ],
)
def test_a_browser_is_named_in_the_words_people_know(agent, name):
    assert named(agent) == name
