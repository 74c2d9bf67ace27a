"""Links: who may send them (`trust.links`), and where they lead: a hidden address is written out. Minors' are refused before
(`minors.py`).
"""

from __future__ import annotations

from dataclasses import replace

from domain.model.content import Content, Text, captions_of
from domain.session.context import Context
from domain.session.replies import say
from domain.session.screens.screen import LONGEST_CAPTION, LONGEST_TEXT, Changed, Stopped, Writing
from domain.session.seeking import is_vip
from domain.session.typed import utf16_length
from domain.trust.links import has_link, unfolded


def screen(context: Context, writing: Writing) -> Changed | Stopped | None:
    if not has_link(writing.content):
        return None
    session = context.session
    refusal = _refusal(context)
    if refusal:
        return Stopped(session=session, effects=(say(session, refusal),))
    content = unfolded(writing.content)
    if content == writing.content:
        return None
    if _is_too_long(content):
        return Stopped(session=session, effects=(say(session, "refuse-links-too-long"),))
    return Changed(session=session, writing=replace(writing, content=content))


def _refusal(context: Context) -> str:
    """The id of a text; empty where links may be sent."""
    policy = context.configuration.trust.links
    if policy == "vip":
        profile = context.session.profile
        return "" if profile is not None and is_vip(profile, context.now) else "refuse-links-vip"
    return "refuse-links" if policy == "refuse" else ""


def _is_too_long(content: Content) -> bool:
    if isinstance(content, Text):
        return utf16_length(content.text) > LONGEST_TEXT
    return any(utf16_length(caption.text) > LONGEST_CAPTION for caption in captions_of(content))
