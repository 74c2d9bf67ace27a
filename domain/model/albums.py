"""An album comes as separate messages with one number and without an end; here they become one message again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.model.content import Album, Content, Media
from domain.model.inbound import MessageReceived

LARGEST = 10
"""Parts of one album, as people's clients make them."""


def gathered(parts: Sequence[MessageReceived]) -> MessageReceived:
    """Its place is the last part's: what comes before it is done when it is."""
    reply_to = next((part.reply_to for part in parts if part.reply_to is not None), None)
    places = tuple(part.pts for part in parts)
    return replace(parts[0], content=_content(parts), pts=places[-1], places=places, reply_to=reply_to)


def _content(parts: Sequence[MessageReceived]) -> Content:
    """Kept whole: where one part cannot be passed on, none is."""
    refused = next((part.content for part in parts if not isinstance(part.content, Media)), None)
    items = tuple(part.content for part in parts if isinstance(part.content, Media))
    if refused is not None:
        return refused
    return Album(items=items) if len(items) > 1 else items[0]
