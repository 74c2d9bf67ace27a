"""/admin_login CODE, and links with a code: an admin logs in to the panel, and agrees to acts there, by the number on the screen.

Whoever is no admin is answered as if there were no such command.
"""

from __future__ import annotations

from domain.model.inbound import ButtonPressed, CommandReceived
from domain.panel.login import LINK, PRESS
from domain.ports.panel import NotAsked, PanelQuestion
from domain.session.context import Context, Step
from domain.session.effects import Amend, AnswerQuestion, AskLogin, Say
from domain.session.facts import LoginAsked, QuestionAnswered
from domain.session.feature import ALWAYS, Button, Command, Feature, Link
from domain.session.notices import login_notices as notices
from domain.session.replies import old_button, toast


def _command(context: Context, command: CommandReceived) -> Step:
    return context.session, [AskLogin(command=command, code=command.argument)]


def _link(context: Context, command: CommandReceived) -> Step:
    return context.session, [AskLogin(command=command, code=command.argument.removeprefix(LINK))]


def _asked(context: Context, asked: LoginAsked) -> Step:
    language = _language(context, asked.command)
    match asked.outcome:
        case PanelQuestion() as question:
            return context.session, [Say(notice=notices.question(question, context.now, language))]
        case NotAsked() as refused:
            return context.session, [Say(notice=notices.not_asked(refused, language))]


def _pressed(context: Context, pressed: ButtonPressed, chosen: tuple[str, str]) -> Step:
    reference, number = chosen
    return context.session, [AnswerQuestion(pressed=pressed, reference=reference, number=number)]


def _answered(context: Context, answered: QuestionAnswered) -> Step:
    pressed = answered.pressed
    if answered.outcome is None:
        return old_button(context, pressed)
    notice = notices.answered(answered.outcome, _language(context, pressed))
    return context.session, [toast(context.session, pressed), Amend(message=pressed.message, notice=notice)]


def _chosen(rest: str) -> tuple[str, str] | None:
    """The question and the number, or "no"."""
    reference, mark, number = rest.partition(":")
    return (reference, number) if mark and reference.isalnum() and number.isalnum() else None


def _language(context: Context, update: CommandReceived | ButtonPressed) -> str:
    profile = context.session.profile
    return profile.language if profile is not None else update.language


FEATURE = Feature(
    name="login",
    commands=(Command(name="admin_login", handler=_command, passes=ALWAYS),),
    links=(Link(prefix=LINK, handler=_link, passes=ALWAYS),),
    buttons=(Button(prefix=PRESS, parse=_chosen, handler=_pressed, passes=ALWAYS),),
    facts={LoginAsked: _asked, QuestionAnswered: _answered},
)
