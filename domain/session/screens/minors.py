"""Stops what minors do not send each other: pictures and files, by `trust.minors_media`, and always contacts and links.

Whoever a minor chats with is a minor too, so the sender's own side tells it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from domain.model.content import Content, MediaKind, Poll, Text, captions_of, media_of
from domain.session.context import Context
from domain.session.replies import say
from domain.session.screens.screen import Stopped, Writing
from domain.trust.contacts import contacts_of

LINKS = frozenset({"url", "text_url", "email", "phone"})
"""What Telegram marks in a text by itself."""

ALWAYS = frozenset({MediaKind.STICKER})
ALLOWED: dict[Literal["none", "voice", "all"], frozenset[MediaKind]] = {
    "none": ALWAYS,
    "voice": ALWAYS | {MediaKind.VOICE},
    "all": frozenset(MediaKind),
}
REFUSALS: dict[Literal["none", "voice", "all"], str] = {"none": "minors-media", "voice": "minors-media-voice"}


def screen(context: Context, writing: Writing) -> Stopped | None:
    session, content = context.session, writing.content
    if session.profile is None or not session.profile.minor:
        return None
    allowed = context.configuration.trust.minors_media
    if any(media.kind not in ALLOWED[allowed] for media in media_of(content)):
        return Stopped(session=session, effects=(say(session, REFUSALS[allowed]),))
    if _has_link(content) or contacts_of(content):
        return Stopped(session=session, effects=(say(session, "minors-contacts"),))
    return None


def _has_link(content: Content) -> bool:
    return any("://" in each.text or any(entity.kind in LINKS for entity in each.entities) for each in _texts(content))


def _texts(content: Content) -> Iterator[Text]:
    match content:
        case Text():
            yield content
        case Poll(question=question, options=options, solution=solution):
            yield from (question, *options, solution)
        case _:
            yield from captions_of(content)
