"""Puts an album together. Telegram sends it as separate messages with the same number, and does not say which is the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.model.content import Album, Content, Media
from domain.model.inbound import MessageReceived

LARGEST = 10
"""Parts of one album at most, as Telegram's apps make them."""


def gathered(parts: Sequence[MessageReceived]) -> MessageReceived:
    """One message for all parts. Its pts is that of the last part; `places` has that of each part."""
    reply_to = next((part.reply_to for part in parts if part.reply_to is not None), None)
    pts = tuple(part.pts for part in parts)
    return replace(parts[0], content=_content(parts), pts=pts[-1], places=pts, reply_to=reply_to)


def _content(parts: Sequence[MessageReceived]) -> Content:
    """Where one part cannot be relayed, none is."""
    refused = next((part.content for part in parts if not isinstance(part.content, Media)), None)
    items = tuple(part.content for part in parts if isinstance(part.content, Media))
    if refused is not None:
        return refused
    return Album(items=items) if len(items) > 1 else items[0]
