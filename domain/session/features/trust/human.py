"""The human check: whoever looks like a program presses a certain picture before they search. A bump, not a wall.

A right press does not begin the search, because searches begin by messages only: one is asked to send /find again.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from domain.model.inbound import ButtonPressed
from domain.session.context import Context, Step
from domain.session.effects import Amend, Say, TryHuman
from domain.session.facts import HumanAsked, HumanTried
from domain.session.feature import Button, Feature
from domain.session.notices import notices, spam_notices
from domain.session.replies import toast
from domain.session.search import begin_now
from domain.session.state import Session
from domain.trust.spam.human import Outcome
from domain.trust.spam.watch import HUMAN


def _asked(context: Context, asked: HumanAsked) -> Step:
    session = context.session
    if asked.shown is not None:
        return session, [Say(notice=spam_notices.human_check(asked.shown, session.language))]
    if asked.wait:
        return session, [Say(notice=spam_notices.human_wait(asked.wait, session.language))]
    return begin_now(context.after(_is_human(session)))


def _pressed(context: Context, pressed: ButtonPressed, data: str) -> Step:
    return context.session, [TryHuman(data=data, pressed=pressed)]


def _tried(context: Context, tried: HumanTried) -> Step:
    """Whatever is wrong about a press, the answer is the same."""
    session, pressed = context.session, tried.pressed
    match tried.outcome:
        case Outcome.PASSED:
            passed = Amend(message=pressed.message, notice=notices.plain("human-passed", session.language))
            return _is_human(session), [toast(session, pressed), passed]
        case Outcome.WRONG:
            return session, [toast(session, pressed, "human-wrong")]
        case Outcome.WAIT:
            notice = spam_notices.human_wait(tried.wait, session.language)
            return session, [toast(session, pressed), Amend(message=pressed.message, notice=notice)]
        case Outcome.OVER:
            return session, [toast(session, pressed, "human-over")]
    assert_never(tried.outcome)


def _is_human(session: Session) -> Session:
    watch = HUMAN if session.spam is None else replace(session.spam, human=True, check_since=0.0)
    return replace(session, spam=watch)


FEATURE = Feature(
    name="human",
    buttons=(Button(prefix="human", parse=lambda rest: rest or None, handler=_pressed),),
    facts={HumanAsked: _asked, HumanTried: _tried},
)
