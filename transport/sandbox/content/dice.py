"""Rolls the emoji that Telegram treats as dice."""

from __future__ import annotations

import secrets

from transport.sandbox.world.model import Media

FACES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "⚽️": 5, "🎰": 64}


def roll(emoji: str) -> Media | None:
    """A random result; None if the emoji is no dice."""
    faces = FACES.get(emoji)
    return None if faces is None else {"kind": "dice", "emoji": emoji, "value": secrets.randbelow(faces) + 1}
