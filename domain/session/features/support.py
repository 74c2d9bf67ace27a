"""/paysupport: a question about a payment goes to the operator and gets a number. Banned people may ask too.

The question is the command's argument, or the next message outside a chat: in a chat that would be the partner's.
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Text
from domain.model.inbound import CommandReceived, MessageReceived
from domain.session.context import Context, Step
from domain.session.effects import AskSupport
from domain.session.facts import TicketOpened
from domain.session.feature import ALWAYS, Awaited, Command, Feature
from domain.session.guards import is_banned
from domain.session.replies import say
from domain.session.state import Chatting

LONGEST = 2000
"""Characters of a question that are kept."""
ASKED_FOR = 600.0
"""Seconds in which the next message is taken as the question."""


def _paysupport(context: Context, command: CommandReceived) -> Step:
    session, text = context.session, command.argument.strip()
    if text:
        return session, [AskSupport(text=text[:LONGEST])]
    if isinstance(context.place, Chatting) or is_banned(context):
        return session, [say(session, "paysupport-how")]
    return replace(session, support_asked=context.now), [say(session, "paysupport-ask")]


def awaited(context: Context) -> bool:
    """Whether a message is the question that was asked for."""
    return 0 <= context.now - context.session.support_asked < ASKED_FOR and not isinstance(context.place, Chatting)


def question(context: Context, received: MessageReceived) -> Step:
    text = received.content.text.strip() if isinstance(received.content, Text) else ""
    if not text:
        return context.session, [say(context.session, "paysupport-text-only")]
    return replace(context.session, support_asked=0.0), [AskSupport(text=text[:LONGEST])]


def _opened(context: Context, opened: TicketOpened) -> Step:
    return context.session, [say(context.session, "paysupport-ticket", number=opened.number)]


FEATURE = Feature(
    name="support",
    commands=(Command(name="paysupport", handler=_paysupport, help="command-paysupport", passes=ALWAYS),),
    awaited=Awaited(when=awaited, handler=question),
    facts={TicketOpened: _opened},
)
