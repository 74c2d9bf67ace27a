"""Texts about spam and human checks: which id, arguments and buttons."""

from __future__ import annotations

from math import ceil

from domain.model.outgoing import Button, Notice
from domain.session.notices.notices import plain
from domain.trust.spam.human import Shown
from domain.trust.spam.rules import NEWCOMER_CHATS, Rule, Standing

IN_A_ROW = 3
"""Buttons of a human check."""

_HELD = {
    Rule.SAME_ADVERT: "held-same-advert",
    Rule.SHARED_CONTACT: "held-shared-contact",
}


def held(rule: Rule, language: str) -> Notice:
    return plain(_HELD[rule], language)


def held_for_now(standing: Standing, now: float, newcomer_hours: float, language: str) -> Notice:
    """Says when contacts are passed on: after so many hours and chats."""
    hours = max(0, ceil((standing.since + newcomer_hours * 3600 - now) / 3600))
    return plain("held-newcomer", language, hours=hours, chats=max(0, NEWCOMER_CHATS - standing.chats))


def no_pictures(seconds: float, language: str) -> Notice:
    return plain("held-pictures", language, minutes=_minutes(seconds))


def human_check(check: Shown, language: str) -> Notice:
    buttons = [Button("human-button", data=f"human:{data}", arguments={"emoji": emoji}) for emoji, data in check.buttons]
    rows = tuple(tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW))
    return Notice(text="human-check", language=language, arguments={"thing": check.thing}, buttons=rows)


def human_wait(seconds: float, language: str) -> Notice:
    return plain("human-wait", language, minutes=_minutes(seconds))


def _minutes(seconds: float) -> int:
    return max(1, ceil(seconds / 60))
