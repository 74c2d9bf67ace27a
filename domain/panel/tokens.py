"""API tokens, by which programs use the panel."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX = "mq_"
BYTES = 32
LONGEST_DAYS = 365
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
NOTED_EVERY = 60.0
"""Seconds between two notes of when a token was last used."""


def new_token() -> str:
    """`mq_` and 43 characters: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def digest(secret: str) -> str:
    """What is kept of a random secret: its SHA-256 in hex. Nobody guesses 256 bits, so no key is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
