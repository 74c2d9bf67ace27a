"""Tokens and public key that a program needs to use a sandbox. They exist before the sandbox runs, so both can start together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from transport.sandbox.mtproto.keypair import PUBLIC, load_keypair
from transport.sandbox.world.store import Store, house_tokens
from transport.sandbox.world.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    tokens: tuple[str, ...]
    """Of the bots that are created with the world."""
    public_key: Path
    """PEM, PKCS#1."""


def prepare(folder: Path) -> Credentials:
    """Create the sandbox's key and first bots if they are missing. Safe while a sandbox runs."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    load_keypair(folder)
    if not house_tokens(folder):
        store = Store(folder)
        World(store)
        store.close()
    return Credentials(tokens=house_tokens(folder), public_key=folder / PUBLIC)
