"""A bot of the installation, and the right to serve it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

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


class BotState(StrEnum):
    """Of a bot that is kept in the records."""

    ACTIVE = "active"
    DRAINING = "draining"
    """It takes no new people; chats go on."""
    REMOVING = "removing"
    """Its chats and searches are being ended."""
    REMOVED = "removed"


CLOSED = frozenset({BotState.DRAINING, BotState.REMOVING, BotState.REMOVED})
"""States in which a bot takes no new people."""


def masked(token: str) -> str:
    """A token as it may be shown: the bot's id, and the last four characters."""
    bot, _, secret = token.partition(":")
    return f"{bot}:••••{secret[-4:]}"
