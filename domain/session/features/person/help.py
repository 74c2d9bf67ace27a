"""/help and /terms, which can be accepted there. Anybody may read them: also banned people, and people who have not
joined the required channels.
"""

from __future__ import annotations

from domain.model.inbound import ButtonPressed, CommandReceived
from domain.model.outgoing import Menu
from domain.session.context import Context, Step
from domain.session.effects import AcceptTerms, Say
from domain.session.facts import TermsAccepted
from domain.session.feature import ALWAYS, Button, Command, Feature, Heading, Key, no_argument
from domain.session.notices import notices
from domain.session.replies import say, toast


def _read(context: Context, command: CommandReceived) -> Step:
    return context.session, [Say(notice=notices.plain(command.name, _language(context, command)))]


def _terms(context: Context, command: CommandReceived) -> Step:
    """The button is always there: to accept the terms again changes nothing."""
    return context.session, [Say(notice=notices.terms(_language(context, command)))]


def _accept_pressed(context: Context, pressed: ButtonPressed, _none: object) -> Step:
    return context.session, [AcceptTerms(pressed=pressed)]


def _accepted(context: Context, accepted: TermsAccepted) -> Step:
    session = context.session
    return session, [toast(session, accepted.pressed), say(session, "terms-accepted")]


def _language(context: Context, command: CommandReceived) -> str:
    profile = context.session.profile
    return profile.language if profile is not None else command.language


FEATURE = Feature(
    name="help",
    heading=Heading.DATA,
    commands=(
        Command(name="terms", handler=_terms, help="command-terms", passes=ALWAYS),
        Command(name="help", handler=_read, help="command-help", passes=ALWAYS),
    ),
    buttons=(Button(prefix="terms", parse=no_argument, handler=_accept_pressed, passes=ALWAYS),),
    facts={TermsAccepted: _accepted},
    keys=(Key(menu=Menu.MAIN, row=2, label="menu-help", command="help"),),
)
