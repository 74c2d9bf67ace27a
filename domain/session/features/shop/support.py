"""/paysupport: a question about a payment goes to the operator and gets a number. Anybody may ask, also the banned.

The question is the command's argument, or the next message outside a chat: in a chat that would be the partner's.
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Text
from domain.model.inbound import CommandReceived, MessageReceived
from domain.session.context import Context, Step
from domain.session.effects import AskSupport
from domain.session.facts import TicketOpened
from domain.session.feature import ALWAYS, Awaited, Command, Feature, Heading
from domain.session.replies import say
from domain.session.state import Asked, Chatting

NAME = "support"
LONGEST = 2000
"""Characters of a question that are kept."""


def _paysupport(context: Context, command: CommandReceived) -> Step:
    session, text = context.session, command.argument.strip()
    if text:
        return session, [AskSupport(text=text[:LONGEST])]
    if isinstance(context.place, Chatting):
        return session, [say(session, "paysupport-how")]
    return replace(session, asked=Asked(NAME, context.now)), [say(session, "paysupport-ask")]


def _question(context: Context, received: MessageReceived) -> Step:
    text = received.content.text.strip() if isinstance(received.content, Text) else ""
    if not text:
        return context.session, [say(context.session, "paysupport-text-only")]
    return replace(context.session, asked=None), [AskSupport(text=text[:LONGEST])]


def _opened(context: Context, opened: TicketOpened) -> Step:
    return context.session, [say(context.session, "paysupport-ticket", number=opened.number)]


FEATURE = Feature(
    name=NAME,
    heading=Heading.SHOP,
    commands=(Command(name="paysupport", handler=_paysupport, help="command-paysupport", passes=ALWAYS),),
    awaited=Awaited(handler=_question),
    facts={TicketOpened: _opened},
)
