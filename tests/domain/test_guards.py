"""Who is let through, who is told why not, and how often."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from domain.configuration import Channels, Flood
from domain.model.content import Text, Uncopyable
from domain.model.profile import Gender, Profile, Question
from domain.session.effects import Say
from domain.session.guards import WARN_EVERY
from domain.session.state import Session
from tests.domain.stories import (
    ADULT,
    CHATTING,
    IDLE,
    ME,
    NOW,
    RULES,
    SEARCHING,
    command,
    edited,
    of,
    pressed,
    said,
    step,
    texts,
    toasts,
)

BANNED = replace(IDLE, profile=replace(ADULT, banned_until=NOW + 1e6))
STRICT = structs.replace(RULES, channels=Channels(required=("@news",)))
LOCATION = Uncopyable(reason="refuse-location")


def answers_to(session: Session, updates: list[Any], now: float = NOW, configuration: Any = RULES) -> list[str]:
    told: list[str] = []
    for update in updates:
        session, effects = step(session, update, now, configuration)
        told += texts(effects)
    return told


# --- bans and floods


def test_whoever_is_banned_and_goes_on_writing_is_told_once_a_minute():
    flood = [said("why?", pts=number) for number in range(1, 501)]
    assert answers_to(BANNED, flood) == ["banned"]
    session, _ = step(BANNED, said("why?"))
    assert answers_to(session, [said("why?")], NOW + 59) == []
    assert answers_to(session, [said("why?")], NOW + 60) == ["banned"]


def test_a_command_of_somebody_banned_is_answered_also_within_the_minute_but_no_flood_of_them():
    session, _ = step(BANNED, command("find"))
    assert answers_to(session, [command("find", pts=6)], NOW + WARN_EVERY - 1) == []
    assert answers_to(session, [command("find", pts=6)], NOW + WARN_EVERY) == ["banned"]
    assert answers_to(session, [said("why?", pts=6)], NOW + WARN_EVERY) == []


def test_whoever_is_banned_is_told_so_on_a_press_and_the_button_rests():
    session, effects = step(BANNED, said("why?"))
    for _ in range(3):
        session, effects = step(session, pressed("edit:age"))
        assert toasts(effects) == ["banned-press"]


@pytest.mark.parametrize("name", ["help", "privacy", "terms"])
def test_rules_and_privacy_are_read_by_anybody(name: str):
    newcomer = Session(address=ME)
    unfinished = replace(IDLE, profile=Profile(user=ME.user, gender=Gender.MALE, asked=Question.AGE))
    for session in (BANNED, newcomer, unfinished, SEARCHING, CHATTING):
        after, effects = step(session, command(name), NOW, STRICT)
        assert texts(effects) == [name]
        assert (after.place, after.profile) == (session.place, session.profile)


def test_somebody_new_reads_the_terms_in_their_language():
    _, effects = step(Session(address=ME), replace(command("terms"), language="de"))
    assert [each.notice.language for each in of(Say, effects)] == ["de"]


def test_reading_the_terms_too_often_is_a_flood_too():
    hasty = structs.replace(RULES, flood=Flood(rate=1.0, burst=2))
    assert answers_to(IDLE, [command("terms", pts) for pts in range(1, 9)], NOW, hasty) == ["terms", "terms", "too-fast"]


# --- changes of what was passed on


def test_a_change_of_what_was_passed_on_into_what_cannot_be_is_refused_with_the_reason():
    assert texts(step(CHATTING, edited(LOCATION, message=5))[1]) == ["refuse-location"]
    assert texts(step(CHATTING, edited(Text(text="x" * 4097), message=5))[1]) == ["not-delivered-too-long"]
