"""What a user says is screened before it is relayed, on their own side: messages and edits alike. What a receiver has chosen for
themselves is applied on the receiver's side (`actors/session/partner.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.session.context import Context, Step
from domain.session.effects import Effect
from domain.session.screens import contacts, files, forms, links, minors, spam
from domain.session.screens.screen import Screen, Stopped, Writing, relay_of

SCREENS: tuple[Screen, ...] = (forms.screen, minors.screen, links.screen, contacts.screen, files.screen, spam.screen)
"""In this order. Screens do not import each other."""


def say_to_partner(context: Context, writing: Writing, screens: Sequence[Screen] = SCREENS) -> Step:
    """Relays it, or what the screens make of it."""
    before: list[Effect] = []
    for screen in screens:
        found = screen(context, writing)
        if found is None:
            continue
        before += found.effects
        if isinstance(found, Stopped):
            return found.session, before
        context = context.after(found.session)
        if found.writing is not writing:
            writing = replace(found.writing, written=writing.written or writing.content)
    return context.session, [*before, relay_of(context, writing)]
