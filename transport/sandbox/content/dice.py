"""Dice: the emoji that Telegram rolls."""

from __future__ import annotations

import secrets

from transport.sandbox.world.model import Media

FACES = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "⚽️": 5, "🎰": 64}


def roll(emoji: str) -> Media | None:
    """As it falls; None for an emoji that is no dice."""
    faces = FACES.get(emoji)
    return None if faces is None else {"kind": "dice", "emoji": emoji, "value": secrets.randbelow(faces) + 1}
