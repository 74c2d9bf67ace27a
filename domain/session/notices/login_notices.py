"""The question of a log-in to the panel, or of an act there, and what follows its answer."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from domain.model.outgoing import Button, Notice, Rows
from domain.panel.browsers import named
from domain.panel.login import NOT_ME, PRESS
from domain.payments.sales import Owed
from domain.ports.panel import Answered, NotAsked, Outcome, PanelQuestion

ACT = "panel-act"
"""The text by which the outbox asks about an act."""
IN_A_ROW = 3
"""Buttons."""
ANSWERS = {Outcome.ACCEPTED: "panel-agreed", Outcome.REFUSED: "panel-denied", Outcome.OVER: "panel-question-over"}


def question(asked: PanelQuestion, now: float, language: str) -> Notice:
    arguments: dict[str, str | int] = {
        "browser": named(asked.client.browser),
        "address": asked.client.address,
        "seconds": max(0, round(now - asked.at)),
    }
    return Notice(
        text="panel-login-question", arguments=arguments, language=language, buttons=_buttons(asked.reference, asked.choices)
    )


def buttons_of(owed: Owed) -> Rows:
    """Of a text that the outbox sends: those of the question about an act."""
    if owed.text != ACT:
        return ()
    return _buttons(str(owed.arguments["reference"]), [int(number) for number in str(owed.arguments["numbers"]).split()])


def not_asked(refused: NotAsked, language: str) -> Notice:
    if not refused.wait:
        return Notice(text="panel-code-how", language=language)
    return Notice(text="panel-wrong-code", arguments={"seconds": ceil(refused.wait)}, language=language)


def answered(given: Answered, language: str) -> Notice:
    return Notice(text=ANSWERS[given.outcome], arguments={"acts": int(bool(given.act)), "what": given.act}, language=language)


def _buttons(reference: str, choices: Sequence[int]) -> Rows:
    numbers = [
        Button("panel-number", data=f"{PRESS}:{reference}:{number}", arguments={"number": str(number)}) for number in choices
    ]
    rows = [tuple(numbers[at : at + IN_A_ROW]) for at in range(0, len(numbers), IN_A_ROW)]
    return (*rows, (Button("panel-not-me", data=f"{PRESS}:{reference}:{NOT_ME}"),))
