"""Contacts in a text: relayed, relayed after a question, or refused (`trust.contacts`). `minors.py` stops minors' before."""

from __future__ import annotations

from domain.session.context import Context
from domain.session.holding import Concern, hold, is_answered
from domain.session.notices import leak_notices
from domain.session.replies import say
from domain.session.screens.screen import Stopped, Writing
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
    question = leak_notices.question(Concern.CONTACTS, writing.message, session.language)
    return hold(context, writing, Concern.CONTACTS, question)
