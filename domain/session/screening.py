"""What a user says is screened before it is relayed, on their own side: messages and edits alike. What a receiver has chosen for
themselves is applied on the receiver's side (`actors/session/partner.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.session.context import Context, Step
from domain.session.effects import Effect
from domain.session.screens import contacts, files, forms, links, minors, spam
from domain.session.screens.screen import Changed, Screen, Stopped, Writing, relay_of

SCREENS: tuple[Screen, ...] = (forms.screen, minors.screen, links.screen, contacts.screen, files.screen, spam.screen)
"""In this order. Screens do not import each other."""


def say_to_partner(context: Context, writing: Writing, screens: Sequence[Screen] = SCREENS) -> Step:
    """Relays it, or what the screens make of it."""
    before: list[Effect] = []
    for screen in screens:
        found = screen(context, writing)
        match found:
            case Stopped(session=session, effects=effects):
                return session, [*before, *effects]
            case Changed(session=session, writing=changed, effects=effects):
                context = context.after(session)
                if changed is not writing:
                    writing = replace(changed, written=writing.written or writing.content)
                before += effects
            case None:
                pass
    return context.session, [*before, relay_of(context, writing)]
