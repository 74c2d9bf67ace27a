"""Contacts in a text: relayed, relayed after a question, or refused (`trust.contacts`). `minors.py` stops minors' before.

Nobody is asked about what is held anyway: of somebody who may be a newcomer the standing is read first, and the question, or the
refusal, comes from `features/trust/spam.py`.
"""

from __future__ import annotations

from domain.session import findings
from domain.session.context import Context
from domain.session.effects import LookIntoText
from domain.session.holding import Concern, hold, is_answered
from domain.session.notices import leak_notices
from domain.session.replies import say
from domain.session.screens.screen import Stopped, Writing, relay_of
from domain.trust.contacts import contacts_of


def screen(context: Context, writing: Writing) -> Stopped | None:
    policy = context.configuration.trust.contacts
    if policy == "allow" or (policy == "warn" and is_answered(context.session, Concern.CONTACTS)):
        return None
    if not contacts_of(writing.content):
        return None
    session = context.session
    if policy == "refuse":
        return Stopped(session=session, effects=(say(session, "refuse-contacts"),))
    if findings.may_be_a_newcomers(context, writing.content):
        look = LookIntoText(relay=relay_of(context, writing), said=None, hooked=True, asks=True)
        return Stopped(session=session, effects=(look,))
    return ask(context, writing)


def ask(context: Context, writing: Writing) -> Stopped:
    question = leak_notices.question(Concern.CONTACTS, writing.message, context.session.language)
    return hold(context, writing, Concern.CONTACTS, question)
