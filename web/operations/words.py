"""Texts that operators write and people read."""

from __future__ import annotations

from web.api.errors import Refused

KEPT = "\n\u200d"
"""Signs of a text that cannot be seen themselves: line breaks, and what joins emoji."""


def readable(text: str, field: str) -> str:
    """Raises `Refused` for nothing that can be seen, and for signs that turn or hide text."""
    words = text.strip()
    if not words:
        raise Refused("invalid", "Say something that can be read.", field=field)
    if not all(sign.isprintable() or sign in KEPT for sign in words):
        raise Refused("invalid", "It has characters that cannot be seen.", field=field)
    return words
