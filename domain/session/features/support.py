"""/paysupport: a question about a payment goes to the operator and gets a number. Banned people may ask too."""

from __future__ import annotations

from domain.model.inbound import CommandReceived
from domain.session.context import Context, Step
from domain.session.effects import AskSupport
from domain.session.facts import TicketOpened
from domain.session.feature import ALWAYS, Command, Feature
from domain.session.replies import say

LONGEST = 2000
"""Characters of a question that are kept."""


def _paysupport(context: Context, command: CommandReceived) -> Step:
    text = command.argument.strip()
    if not text:
        return context.session, [say(context.session, "paysupport-how")]
    return context.session, [AskSupport(text=text[:LONGEST])]


def _opened(context: Context, opened: TicketOpened) -> Step:
    return context.session, [say(context.session, "paysupport-ticket", number=opened.number)]


FEATURE = Feature(
    name="support",
    commands=(Command(name="paysupport", handler=_paysupport, help="command-paysupport", passes=ALWAYS),),
    facts={TicketOpened: _opened},
)
