"""A bot of the installation, and the right to serve it."""

from __future__ import annotations

from dataclasses import dataclass

from domain.model.ids import BotId


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """One Telegram bot of the installation. `username` is without the @."""

    id: BotId
    username: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to serve one bot. `token` is a fencing token: it rises with each lease, and lower ones are refused."""

    bot: BotId
    owner: str
    token: int
